package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"mingbai/wasm"
)

// factsFile describes the form: what is asked, in which order, with which choices. The
// page is written from it and the scripts read the resulting controls, so that a new
// question is one entry in facts.json and its texts.
type factsFile struct {
	Sections []struct {
		ID    string
		Facts []factDef
	}
	Bill struct {
		Forms, Split []string
		Classes      []struct{ ID, Class, Kind string }
	}
	Short   map[string]string // names in links, of the paths that nearly every link has
	Example map[string]any
}

type factDef struct {
	Path, Type    string
	Basic         bool
	Options, Rare []string
	Unsure        bool // offers "not known", which leaves a range
	Aside         bool // asked only of those who say that something is special
	// Only restricts single options, When the whole question, to values of other facts.
	Only map[string]map[string][]string
	When map[string][]string
}

// fact finds a question by its path.
func (f factsFile) fact(path string) factDef {
	for _, s := range f.Sections {
		for _, one := range s.Facts {
			if one.Path == path {
				return one
			}
		}
	}
	panic(missingText("facts.json does not ask for " + path))
}

// family is the message family of a fact's choices: the last part of its path.
func (f factDef) family() string { return f.Path[strings.LastIndex(f.Path, ".")+1:] }

func readJSON(path string, into any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// ask puts one request to the engine, natively: the pages show what the engine says.
func ask(request map[string]any) (answer, error) {
	var a answer
	request["v"] = 1
	data, err := json.Marshal(request)
	if err != nil {
		return a, err
	}
	reply := wasm.Handle(string(data))
	if err := json.Unmarshal([]byte(reply), &a); err != nil {
		return a, fmt.Errorf("the engine's answer to %s is not readable: %w", request["op"], err)
	}
	if !a.OK {
		return a, fmt.Errorf("the engine refused %s: %s", request["op"], reply)
	}
	return a, nil
}

// settledExample lets the engine settle the case that the page shows before a visitor
// has typed anything, and returns it in words beside the answer itself.
func settledExample(w viewer, facts factsFile) (viewer, view, answer, error) {
	about := func(op string) map[string]any {
		request := map[string]any{"op": op}
		for key, value := range facts.Example {
			request[key] = value
		}
		return request
	}
	w.code, _ = facts.Example["region"].(string)
	index, err := ask(map[string]any{"op": "regions"})
	if err != nil {
		return w, view{}, answer{}, err
	}
	w.regions = index.Regions
	at := slices.IndexFunc(w.regions, func(r region) bool { return r.Code == w.code })
	if at < 0 {
		return w, view{}, answer{}, fmt.Errorf("the example's region %s is not among the policies", w.code)
	}
	rules, err := ask(map[string]any{"op": "policy", "region": w.code})
	if err != nil {
		return w, view{}, answer{}, err
	}
	w.codes = rules.Policy.Codes
	a, err := ask(about("settle"))
	if err != nil {
		return w, view{}, answer{}, err
	}
	questions, err := ask(about("validate"))
	if err != nil {
		return w, view{}, answer{}, err
	}
	a.Used = questions.Used
	v, err := w.example(facts.Example, w.regions[at].Name.in(w.lang), a)
	return w, v, a, err
}

// example is the view of the worked example, marked as one.
func (w viewer) example(request map[string]any, region string, a answer) (v view, err error) {
	defer func() {
		if missing, ok := recover().(missingText); ok {
			err = missing
		}
	}()
	v = w.settlementView(request, region, a)
	v.Tag = w.t("result.example")
	return v, nil
}

type province struct {
	Name    string
	Regions []option
}

type option struct {
	Code, Name, Keys string
}

type choice struct {
	Code, Text      string
	Checked, Hidden bool
}

// page is what the layout needs to know.
type page struct {
	Path, Base, Title, CSP, Build, Origin string
	OtherLanguage, Home                   string
	Script                                string
	Modules                               []string
	Offline                               []string // the script of every page, and what it imports
	OEmbed, Frame                         bool
	Alternates                            []struct{ Tag, Path string }
	Folder, Description                   string
	Styles                                []string // beside style.css
	Data                                  any      // what a view's own template shows
	Content                               template.HTML

	Facts     factsFile
	Examples  []exampleCase // cases to start from, where the page offers some
	Provinces []province
	Chosen    string
	View      view
	shown     map[string]bool
	viewer    viewer
}

// Date is the example's day.
func (p *page) Date() string { return p.given("date") }

func (p *page) BillTotal() string { return p.BillPart("total") }

// BillPart is an amount of the example, as a person would type it.
func (p *page) BillPart(part string) string {
	bill, _ := p.Facts.Example["bill"].(map[string]any)
	amount, _ := bill[part].(string)
	return strings.TrimSuffix(amount, ".00")
}

// factPage is one question of the form.
type factPage struct {
	Fact          factDef
	Page          *page
	Hint          string
	Hidden        bool
	Always        bool // asked by its view whatever the case
	Options, Rare []choice
}

func (p *page) given(path string) string {
	var at any = p.Facts.Example
	for _, part := range strings.Split(path, ".") {
		m, _ := at.(map[string]any)
		at = m[part]
	}
	s, _ := at.(string)
	return s
}

// MoreShown reports whether the example unfolds a further question.
func (p *page) MoreShown() bool {
	for _, s := range p.Facts.Sections {
		for _, f := range s.Facts {
			if p.unfolded(f) {
				return true
			}
		}
	}
	return false
}

// YearCounts reports whether earlier visits of the year could change the example.
func (p *page) YearCounts() bool {
	for path := range p.shown {
		if strings.HasPrefix(path, "year.") {
			return true
		}
	}
	return false
}

// unfolded says of a question that is not always asked whether the example's case hangs
// on it. The day has a good answer of its own, and drafts are asked about when refused.
func (p *page) unfolded(f factDef) bool {
	return !f.Basic && !f.Aside && f.Type != "date" && f.Type != "accept" && p.shown[f.Path] && holds(p, f.When)
}

func holds(p *page, when map[string][]string) bool {
	for path, values := range when {
		given := p.given(path)
		if !slices.ContainsFunc(values, func(v string) bool {
			other, not := strings.CutPrefix(v, "!")
			return not && given != "" && given != other || v == given
		}) {
			return false
		}
	}
	return true
}

func (p *page) fact(m messages, f factDef) factPage {
	out := factPage{Fact: f, Page: p, Hint: m.texts["hint."+f.Path]}
	out.Hidden = f.Basic && !holds(p, f.When) || !f.Basic && !p.unfolded(f)
	choices := func(codes []string) (cs []choice) {
		for _, c := range codes {
			cs = append(cs, choice{c, m.tf(f.family(), c), p.given(f.Path) == c, !holds(p, f.Only[c])})
		}
		return cs
	}
	out.Options, out.Rare = choices(f.Options), choices(f.Rare)
	if f.Type == "choice" {
		// The codes that the example's region adds to the usual ones.
		for _, c := range p.viewer.codes[f.family()] {
			if !slices.Contains(f.Options, c.Code) && !slices.Contains(f.Rare, c.Code) && c.Code != "none" {
				out.Options = append(out.Options, choice{Code: c.Code, Text: p.viewer.codeName(f.family(), c.Code)})
			}
		}
	}
	if f.Unsure {
		out.Options = append(out.Options, choice{Code: "unknown", Text: m.t("option.unknown")})
	}
	if f.Type == "choice" && !f.Basic {
		out.Options = append([]choice{{Code: "", Text: m.t("option.none"), Checked: p.given(f.Path) == ""}}, out.Options...)
	}
	return out
}

type amountPage struct {
	Path, Label, Hint, Value string
	Unknown                  bool
}

// renderer writes the pages of one language.
type renderer struct {
	viewer
	templates *template.Template
}

func newRenderer(root string, w viewer, asset func(string) string) (*renderer, error) {
	r, m := &renderer{viewer: w}, w.messages
	funcs := template.FuncMap{
		"t":     m.t,
		"tf":    func(family, code string) string { return m.tf(family, code) },
		"asset": asset,
		"count": grouped,
		"han":   hasHan,
		"parts": strings.Fields,
		"pick":  pick,
		"csp":   func() string { return cspPage + framedHere },
		"fact":  func(f factDef, p *page) factPage { return p.fact(m, f) },
		"always": func(path string, p *page) factPage {
			f := p.fact(m, p.Facts.fact(path))
			f.Always, f.Hidden = true, false
			return f
		},
		"args": args,
		"amount": func(path, value string) amountPage {
			a := amountPage{Path: path, Value: value, Hint: m.texts["hint."+path], Unknown: slices.Contains([]string{"bill.self_funded", "bill.over_limit", "bill.paid_first"}, path)}
			if path != "" {
				a.Label = m.tf("fact", path)
			}
			return a
		},
		"unsure": func(a amountPage) amountPage {
			a.Unknown = true
			return a
		},
		"ordinal": func(n int) string {
			if m.lang == "zh" {
				return string([]rune("一二三四五六")[n])
			}
			return string(rune('1' + n))
		},
		"slot": func(tag, class, slot, text string) template.HTML {
			hidden := ""
			if text == "" {
				hidden = " hidden"
			}
			return template.HTML(fmt.Sprintf(`<%s class="%s" data-f="%s"%s>%s</%s>`, tag, class, slot, hidden, template.HTMLEscapeString(text), tag))
		},
		"list": func(class, name, tpl, title string, items []item) map[string]any {
			return map[string]any{"Class": class, "Name": name, "Template": tpl, "Title": title, "Items": items}
		},
		"nothing": func() []item { return nil },
		"family":  factDef.family,
		// A line of a real receipt is called as the settlement calls it.
		"receipt": func(line string) amountPage {
			return amountPage{Path: "receipt." + line, Label: m.tf("line", line), Hint: m.texts["hint.receipt."+line]}
		},
		"blank": func(kind string) any {
			return map[string]any{"segment": segment{}, "row": row{}, "group": group{}, "line": line{}, "step": stepView{}, "item": item{}}[kind]
		},
	}
	var err error
	r.templates, err = template.New("").Funcs(funcs).ParseFiles(
		filepath.Join(root, "site/src/pages/layout.html"), filepath.Join(root, "site/src/pages/frame.html"), filepath.Join(root, "site/src/pages/receipt.html"), filepath.Join(root, "site/src/pages/form.html"), filepath.Join(root, "site/src/pages/take.html"))
	return r, err
}

// render fills a page's own template and puts it into the layout. Of several files the
// last has the page's content; the others lend it their parts.
func (r *renderer) render(root, names string, p *page) (out []byte, err error) {
	defer func() {
		if missing, ok := recover().(missingText); ok {
			err = missing
		}
	}()
	t, err := r.templates.Clone()
	if err != nil {
		return nil, err
	}
	for name := range strings.FieldsSeq(names) {
		if t, err = t.ParseFiles(filepath.Join(root, "site/src/pages", name)); err != nil {
			return nil, err
		}
	}
	var content, whole bytes.Buffer
	if err := t.ExecuteTemplate(&content, "content", p); err != nil {
		return nil, plainError(err)
	}
	p.Content = template.HTML(content.String())
	layout := "page"
	if p.Frame {
		layout = "frame"
	}
	if err := t.ExecuteTemplate(&whole, layout, p); err != nil {
		return nil, plainError(err)
	}
	return whole.Bytes(), nil
}

// args names the values that a template passes on to another.
func args(pairs ...any) (map[string]any, error) {
	out := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("args: %v is no name", pairs[i])
		}
		out[name] = pairs[i+1]
	}
	return out, nil
}

// plainError finds what a template function had to say, without the template's frame.
func plainError(err error) error {
	var missing missingText
	if errors.As(err, &missing) {
		return missing
	}
	return err
}

// provinces groups the regions as the select shows them, in the order of their codes.
func provinces(regions []region, lang string) []province {
	regions = slices.Clone(regions)
	slices.SortFunc(regions, func(a, b region) int { return strings.Compare(a.Code, b.Code) })
	var out []province
	for _, r := range regions {
		p := r.Province.in(lang)
		if len(out) == 0 || out[len(out)-1].Name != p {
			out = append(out, province{Name: p})
		}
		keys := strings.TrimSpace(r.Pinyin + " " + r.Initials)
		if lang == "en" {
			keys += " " + r.Name.Zh
		}
		last := &out[len(out)-1]
		last.Regions = append(last.Regions, option{r.Code, r.Name.in(lang), keys})
	}
	return out
}
