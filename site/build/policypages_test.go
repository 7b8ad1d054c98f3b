package main

import (
	"bytes"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/shopspring/decimal"
	"golang.org/x/net/html"

	"mingbai/engine"
	"mingbai/policies"
	"mingbai/policies/coverage"
)

// policySite makes the policy and about pages once for all tests, without engine and
// bundles.
var policySite = sync.OnceValues(func() (*site, error) {
	root, err := findRoot()
	if err != nil {
		return nil, err
	}
	s := &site{root: root, files: map[string][]byte{}, assets: map[string]string{}, scripts: map[string][]string{}, renderers: map[string]*renderer{}}
	for _, name := range []string{"style.css", "policy.css", "prose.css", "boot.js", "icon.svg", "icon-32.png", "icon-180.png", "icon-192.png", "icon-512.png", "icon-mask.png", "share.png"} {
		s.assets[name] = "assets/" + name
		s.add("assets/"+name, nil)
	}
	for _, name := range []string{"plain", "policies", "offline"} {
		s.scripts[name] = []string{"assets/" + name + ".js"}
		s.add("assets/"+name+".js", nil)
	}
	facts, err := readFacts(root)
	if err != nil {
		return nil, err
	}
	var plan receiptPlan
	if err := readJSON(filepath.Join(root, "site/src/receipt.json"), &plan); err != nil {
		return nil, err
	}
	for _, lang := range languages {
		m, err := loadMessages(root, lang)
		if err != nil {
			return nil, err
		}
		w, _, _, err := settledExample(viewer{messages: m, plan: plan}, facts)
		if err != nil {
			return nil, err
		}
		if s.renderers[lang], err = newRenderer(root, w, s.asset); err != nil {
			return nil, err
		}
		others := []string{"index.html", "privacy/index.html", "embedding/index.html", "batch/index.html", "hosting/index.html", "manifest.webmanifest"}
		for _, v := range caseViews {
			others = append(others, v.at()+"index.html")
		}
		for _, other := range others {
			s.add(home(lang)+other, nil)
		}
	}
	s.add("build.json", nil)
	return s, s.policyPages()
})

func builtPolicies(t *testing.T) *site {
	t.Helper()
	s, err := policySite()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// tree is a parsed page with its elements by id.
type tree struct {
	root *html.Node
	ids  map[string]*html.Node
}

func parsed(t *testing.T, data []byte) tree {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	out := tree{root, map[string]*html.Node{}}
	for n := range root.Descendants() {
		if id := attr(n, "id"); id != "" {
			if out.ids[id] != nil {
				t.Errorf("two elements have the id %s", id)
			}
			out.ids[id] = n
		}
	}
	return out
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func classed(n *html.Node, class string) bool {
	return slices.Contains(strings.Fields(attr(n, "class")), class)
}

func (t tree) all(tag string) (out []*html.Node) {
	for n := range t.root.Descendants() {
		if n.Type == html.ElementNode && n.Data == tag {
			out = append(out, n)
		}
	}
	return out
}

func text(n *html.Node) string {
	var b strings.Builder
	if n.Type == html.TextNode {
		return n.Data
	}
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// part is the first element of a class below a node.
func part(n *html.Node, class string) *html.Node {
	if n != nil {
		for d := range n.Descendants() {
			if classed(d, class) {
				return d
			}
		}
	}
	return nil
}

// support is where a figure's grade and documents stand: in its own line, or above the
// group whose figures rest on the same.
func support(n *html.Node) *html.Node {
	if own := part(n, "meta"); own != nil && part(own, "grade") != nil {
		return own
	}
	for p := range n.Ancestors() {
		if classed(p, "alike") {
			for c := range p.ChildNodes() {
				if classed(c, "meta") {
					return c
				}
			}
		}
	}
	return nil
}

var shownNumber = regexp.MustCompile(`(\d[\d,]*(?:\.\d+)?)( ?万)?(%)?`)

// shown reads the numbers of a text back: 1.5 万 is 15000, 85% is 0.85.
func shown(s string) (out []decimal.Decimal) {
	for _, m := range shownNumber.FindAllStringSubmatch(s, -1) {
		v := decimal.RequireFromString(strings.ReplaceAll(m[1], ",", ""))
		if m[2] != "" {
			v = v.Shift(4)
		}
		if m[3] != "" {
			v = v.Shift(-2)
		}
		out = append(out, v)
	}
	return out
}

func holdsNumber(s string, want ...decimal.Decimal) bool {
	return slices.ContainsFunc(shown(s), func(v decimal.Decimal) bool {
		return slices.ContainsFunc(want, func(w decimal.Decimal) bool { return v.Equal(w.Abs()) })
	})
}

// every calls f with each figure of a policy, and the operation that it belongs to.
func every(p *engine.Policy, f func(r *engine.Row, op string)) {
	seen := map[string]bool{}
	once := func(r *engine.Row, op string) {
		if !seen[r.ID] {
			seen[r.ID] = true
			f(r, op)
		}
	}
	ops := map[*engine.Table]string{}
	adjusts := func(list []engine.Adjust) {
		for i := range list {
			ops[list[i].Table] = list[i].Op.String()
		}
	}
	for i := range p.Schemes {
		s := &p.Schemes[i]
		adjusts(s.Classify.Extra)
		for j := range s.Layers {
			adjusts(s.Layers[j].Adjust)
			if d := s.Layers[j].Deductible; d != nil {
				adjusts(d.Adjust)
			}
		}
		s.EachTable(func(t *engine.Table) {
			for k := range t.Rows {
				once(&t.Rows[k], ops[t])
			}
		})
		for k := range s.Classify.Never {
			once(&s.Classify.Never[k], "never")
		}
		if s.Account != nil {
			for k := range s.Account.Pays {
				once(&s.Account.Pays[k].Row, "pays")
			}
		}
	}
	for k := range p.Exclude {
		once(&p.Exclude[k].Row, "exclude")
	}
}

func TestEveryFigureStandsOnItsPage(t *testing.T) {
	s := builtPolicies(t)
	figures := 0
	for _, e := range policies.Index() {
		p, err := policies.Load(e.Code)
		if err != nil {
			t.Fatal(err)
		}
		for _, lang := range languages {
			page := parsed(t, s.files[home(lang)+"policies/"+e.Code+"/index.html"])
			notFound := s.renderers[lang].t("policy.unknown")
			every(p, func(r *engine.Row, op string) {
				figures++
				bad := func(what string, args ...any) {
					t.Helper()
					t.Errorf("%s %s %s: "+what, append([]any{e.Code, lang, r.ID}, args...)...)
				}
				at := page.ids[policyAnchor(r.ID)]
				if at == nil {
					bad("is not on the page")
					return
				}
				value := text(part(at, "val"))
				switch v := &r.Value; {
				case op == "never" || op == "pays" || op == "exclude":
					if value == "" {
						bad("says nothing")
					}
				case v.Unknown:
					if !strings.HasPrefix(value, notFound) {
						bad("is unknown and shown as %q", value)
					}
					if lo, hi := rate(v.Lo), rate(v.Hi); v.Bounded && (!lo.IsZero() && !holdsNumber(value, lo, lo.Shift(2)) || !v.Open && !hi.IsZero() && !holdsNumber(value, hi, hi.Shift(2))) {
						bad("lies between %s and %s and is shown as %q", lo, hi, value)
					}
				case v.None, op != "" && v.Rate.Decimal().IsZero():
					if value == "" || len(shown(value)) > 0 && v.None {
						bad("is none and shown as %q", value)
					}
				case op == "plus":
					// Points are hundredths of a share; a deductible changes in yuan.
					if !holdsNumber(value, v.Rate.Decimal(), v.Rate.Decimal().Shift(2)) || !strings.ContainsAny(value, sign(lang, v.Rate.Decimal())) {
						bad("is %s and shown as %q", v.Rate.Decimal(), value)
					}
				case op == "per_year_of_age" || op == "per_admission":
					if !holdsNumber(value, v.Rate.Decimal(), v.Rate.Decimal().Shift(2)) {
						bad("is %s and shown as %q", v.Rate.Decimal(), value)
					}
				default:
					if !holdsNumber(value, v.Rate.Decimal()) {
						bad("is %s and shown as %q", v.Rate.Decimal(), value)
					}
				}
				if m := r.Of; m != nil {
					if d := text(at); !holdsNumber(d, m.Amount) || !holdsNumber(d, m.Times) {
						bad("is a multiple, %s × %s, and this is not told: %q", m.Times, m.Amount, d)
					}
				}
				rests := support(at)
				if rests == nil {
					bad("has no grade and no document")
					return
				}
				if got := attr(part(rests, "grade"), "data-grade"); got != string(rune(r.Grade)) {
					bad("has grade %c and is shown with %q", r.Grade, got)
				}
				told := text(rests)
				if r.Until != 0 && !strings.Contains(told, r.Until.String()) {
					bad("ends on %s, which is not told: %q", r.Until, told)
				}
				if r.AsOf == "" && !strings.Contains(told, r.From.String()) {
					bad("holds from %s, which is not told: %q", r.From, told)
				}
				for month := range strings.SplitSeq(r.AsOf, "/") {
					if !strings.Contains(told, month) {
						bad("rests on %s, which is not told: %q", month, told)
					}
				}
				for _, i := range r.Sources {
					id := "source." + p.Sources[i].ID
					if !slices.ContainsFunc(links(rests), func(a *html.Node) bool { return attr(a, "href") == "#"+id }) {
						bad("does not point to %s", id)
					}
					if page.ids[id] == nil || !strings.Contains(text(page.ids[id]), strings.Join(strings.Fields(p.Sources[i].Title), " ")) {
						bad("points to %s, which does not stand at the end of the page", id)
					}
				}
				if note := words(lang, r.Note); op != "exclude" && note != "" && !strings.Contains(text(at), note) {
					bad("does not show its note %q", note)
				}
			})
		}
	}
	if figures < 10_000 {
		t.Fatalf("only %d figures were looked at", figures)
	}
}

func rate(r engine.Rate) decimal.Decimal { return decimal.RequireFromString(r.String()) }

// sign is what shows that something is added or taken off.
func sign(lang string, v decimal.Decimal) string {
	if lang == "zh" {
		return map[bool]string{true: "减", false: "加"}[v.IsNegative()]
	}
	return map[bool]string{true: "m", false: "p"}[v.IsNegative()] // minus, plus
}

func words(lang string, n engine.Name) string {
	s := n.Zh
	if lang == "en" {
		s = n.En
	}
	return strings.Join(strings.Fields(s), " ")
}

func links(n *html.Node) (out []*html.Node) {
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && d.Data == "a" && attr(d, "href") != "" {
			out = append(out, d)
		}
	}
	return out
}

// What is not known, what is disputed and what changed stands on the page as well.
func TestGapsStandOnThePage(t *testing.T) {
	s := builtPolicies(t)
	for _, e := range policies.Index() {
		p, err := policies.Load(e.Code)
		if err != nil {
			t.Fatal(err)
		}
		for _, lang := range languages {
			page := parsed(t, s.files[home(lang)+"policies/"+e.Code+"/index.html"])
			count := map[string]int{}
			for n := range page.root.Descendants() {
				if classed(n, "looked") {
					count["missing"]++
				}
				if classed(n, "dispute") {
					count["disputes"]++
				}
				if classed(n, "log-day") {
					count["changes"]++
				}
			}
			if count["missing"] != len(p.Unknown) || count["disputes"] != len(p.Conflicts) || count["changes"] != len(p.Changes) {
				t.Errorf("%s %s: %v on the page, of %d unknown, %d conflicts, %d changes", e.Code, lang, count, len(p.Unknown), len(p.Conflicts), len(p.Changes))
			}
			whole := text(page.root)
			for _, x := range p.Conflicts {
				if !strings.Contains(whole, words(lang, x.Why)) {
					t.Errorf("%s %s: the conflict on %s does not say why", e.Code, lang, x.Key)
				}
			}
			for _, x := range p.Unknown {
				if note := words(lang, x.Note); !strings.Contains(whole, note) || !strings.Contains(whole, x.Looked) {
					t.Errorf("%s %s: %s is unknown without %q", e.Code, lang, x.Key, note)
				}
			}
			drafts := 0
			for i := range p.Schemes {
				for _, l := range p.Schemes[i].Layers {
					section := page.ids[p.Schemes[i].ID+"."+l.ID]
					if section == nil {
						t.Errorf("%s %s: no section for %s", e.Code, lang, l.ID)
					} else if l.Draft != (part(section, "draft-word") != nil) {
						t.Errorf("%s %s: %s is marked as a draft: %v", e.Code, lang, l.ID, !l.Draft)
					}
					if l.Draft {
						drafts++
					}
				}
			}
		}
	}
}

// Every page is sound by itself: language, title, description, one heading of the first
// order, links that lead somewhere.
func TestPolicyPagesAreSound(t *testing.T) {
	s := builtPolicies(t)
	pages := 0
	titles := map[string]string{}
	trees := map[string]tree{}
	for p, data := range s.files {
		if path.Base(p) == "index.html" && data != nil {
			trees[p] = parsed(t, data)
		}
	}
	for p, page := range trees {
		pages++
		lang := map[bool]string{true: "en", false: "zh-CN"}[strings.HasPrefix(p, "en/")]
		if got := attr(page.all("html")[0], "lang"); got != lang {
			t.Errorf("%s: lang %q", p, got)
		}
		if n := len(page.all("h1")); n != 1 {
			t.Errorf("%s: %d first headings", p, n)
		}
		title := text(page.all("title")[0])
		if other := titles[title]; len(title) < 10 || other != "" {
			t.Errorf("%s: the title %q is that of %s", p, title, other)
		}
		titles[title] = p
		description := ""
		for _, m := range page.all("meta") {
			if attr(m, "name") == "description" {
				description = attr(m, "content")
			}
		}
		if n := len([]rune(description)); n < 20 || n > 200 {
			t.Errorf("%s: a description of %d characters", p, n)
		}
		level := 1
		for n := range page.ids["main"].Descendants() {
			if n.Type == html.ElementNode && len(n.Data) == 2 && n.Data[0] == 'h' && n.Data[1] >= '1' && n.Data[1] <= '6' {
				if next := int(n.Data[1] - '0'); next > level+1 {
					t.Errorf("%s: %q is a heading of order %d after one of order %d", p, text(n), next, level)
				}
				level = int(n.Data[1] - '0')
			}
		}
		for n := range page.root.Descendants() {
			for _, name := range []string{"href", "src"} {
				if target := attr(n, name); n.Type == html.ElementNode && target != "" {
					checkLink(t, s, trees, p, page, n, target)
				}
			}
		}
	}
	if want := 2 * (len(policies.Index()) + 4); pages != want {
		t.Errorf("%d pages, want %d", pages, want)
	}
}

func checkLink(t *testing.T, s *site, trees map[string]tree, from string, page tree, n *html.Node, target string) {
	t.Helper()
	if strings.HasPrefix(target, "http://") || strings.HasPrefix(target, "https://") {
		if n.Data == "a" && !(strings.Contains(attr(n, "rel"), "noreferrer") && strings.Contains(attr(n, "rel"), "noopener")) {
			t.Errorf("%s: the link to %s tells where the reader comes from", from, target)
		}
		if n.Data != "a" {
			t.Errorf("%s: loads %s", from, target)
		}
		return
	}
	if strings.HasPrefix(target, "tel:") {
		return
	}
	where, fragment, _ := strings.Cut(target, "#")
	file := path.Join(path.Dir(from), where)
	if where == "" {
		file = from
	} else if strings.HasSuffix(where, "/") || path.Ext(where) == "" {
		file = path.Join(file, "index.html")
	}
	if _, ok := s.files[file]; !ok {
		t.Errorf("%s: the link %s leads to nothing", from, target)
		return
	}
	if there, ok := trees[file]; ok && fragment != "" && !strings.HasPrefix(fragment, "c=1.") && there.ids[fragment] == nil {
		t.Errorf("%s: the link %s leads to no place on its page", from, target)
	}
}

// No code shows through: on Chinese pages no English identifier, on English pages no
// Chinese outside the names of documents and what is written by hand.
func TestPolicyPagesSpeakOneLanguage(t *testing.T) {
	s := builtPolicies(t)
	identifier := regexp.MustCompile(`\b[a-z]+(?:_[a-z0-9]+)+\b`)
	for _, e := range policies.Index() {
		for _, lang := range languages {
			page := parsed(t, s.files[home(lang)+"policies/"+e.Code+"/index.html"])
			for n := range page.ids["main"].Descendants() {
				if n.Type != html.TextNode || strings.TrimSpace(n.Data) == "" {
					continue
				}
				if found := identifier.FindString(n.Data); found != "" && !within(n, "number") {
					t.Errorf("%s %s: the code %s in %q", e.Code, lang, found, strings.TrimSpace(n.Data))
				}
				if lang == "en" && hasHan(n.Data) && !marked(n) {
					t.Errorf("%s en: Chinese in %q", e.Code, strings.TrimSpace(n.Data))
				}
			}
			if lang == "zh" {
				for n := range page.root.Descendants() {
					if key := n.Data == "b" && (within(n, "missing") || within(n, "dispute")); key && regexp.MustCompile(`[a-z]{3}`).MatchString(text(n)) {
						t.Errorf("%s: %q is not said in Chinese", e.Code, text(n))
					}
				}
			}
		}
	}
}

// marked reports whether a text stands in an element that says it is Chinese.
func marked(n *html.Node) bool {
	for p := range n.Ancestors() {
		if lang := attr(p, "lang"); lang != "" {
			return strings.HasPrefix(lang, "zh")
		}
	}
	return false
}

func within(n *html.Node, class string) bool {
	for p := range n.Ancestors() {
		if classed(p, class) {
			return true
		}
	}
	return false
}

// The table of the index says of each benefit what the report says.
func TestCoverageTableHidesNothing(t *testing.T) {
	s := builtPolicies(t)
	list, _, err := coverageOf()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range languages {
		page := parsed(t, s.files[home(lang)+"policies/index.html"])
		groups := map[string]*html.Node{}
		for _, b := range page.all("tbody") {
			groups[attr(b, "data-code")] = b
		}
		benefits := 0
		for _, r := range list {
			lines := map[string][]*html.Node{}
			for d := range groups[r.Code].Descendants() {
				if classed(d, "cell") && !classed(d, "none") {
					for row := range d.Ancestors() {
						if row.Data == "tr" {
							lines[attr(row, "data-s")] = append(lines[attr(row, "data-s")], d)
						}
					}
				}
			}
			for _, scheme := range r.Schemes {
				if len(lines[scheme.ID]) != len(scheme.Benefits) {
					t.Errorf("%s %s: %d cells of %s, %d benefits", lang, r.Code, len(lines[scheme.ID]), scheme.ID, len(scheme.Benefits))
				}
				for _, b := range scheme.Benefits {
					benefits++
					if !slices.ContainsFunc(lines[scheme.ID], func(n *html.Node) bool { return saysBenefit(n, b) }) {
						t.Errorf("%s %s: nothing says that %s.%s is %s %s", lang, r.Code, scheme.ID, b.ID, b.Status, b.Grade)
					}
				}
			}
		}
		if benefits < 1000 {
			t.Errorf("only %d benefits were compared", benefits)
		}
		linked := 0
		for n := range page.ids["region-list"].Descendants() {
			if n.Data == "li" && attr(n, "data-k") != "" {
				linked++
			}
		}
		if linked != len(list) {
			t.Errorf("%s: %d of %d regions in the list", lang, linked, len(list))
		}
	}
}

func saysBenefit(n *html.Node, b coverage.Benefit) bool {
	return attr(n, "data-b") == b.ID && classed(n, b.Status) && attr(n, "data-g") == b.Grade &&
		(b.Grade == "" || strings.Contains(text(n), b.Grade)) && text(n) != ""
}

func TestPolicyWords(t *testing.T) {
	all := allMessages(t)
	zh, en := ruleWords{messages: all["zh"]}, ruleWords{messages: all["en"]}
	number := func(dim string, from, to int) ruleCond {
		c := ruleCond{Cond: dim}
		if from >= 0 {
			c.From = &from
		}
		if to >= 0 {
			c.To = &to
		}
		return c
	}
	for got, want := range map[string]string{
		zh.yuan("1300.00"): "1,300 元", zh.yuan("30404.00"): "30,404 元", zh.yuan("100000.00"): "10 万元", zh.yuan("55000.00"): "5.5 万元",
		zh.yuan("12.50"): "12.50 元", zh.yuan("0.00"): "0 元", en.yuan("100000.00"): "100,000 yuan", zh.yuan("1000.00"): "1,000 元",
		zh.number(number("age", 70, -1)): "70 岁及以上", zh.number(number("age", 0, 59)): "不满 60 岁", zh.number(number("age", 60, 69)): "60 至 69 岁",
		zh.number(number("admission", 2, 2)): "第 2 次住院", en.number(number("admission", 2, -1)): "admission 2 and later", zh.number(number("days", 0, -1)): "",
		zh.change(ruleAdjust{Op: "plus"}, "-0.1", "points"):                       "减 10 个百分点",
		en.change(ruleAdjust{Op: "plus"}, "0.01", "points"):                       "plus 1 point",
		zh.change(ruleAdjust{Op: "plus"}, "-100", "CNY"):                          "减 100 元",
		zh.change(ruleAdjust{Op: "plus"}, "0", "points"):                          "不增不减",
		zh.change(ruleAdjust{Op: "own_share_times"}, "0.6", "factor"):             "自己付的那部分按 60% 算",
		zh.change(ruleAdjust{Op: "per_year_of_age", Over: 60}, "0.002", "points"): "60 岁以上每大一岁加 0.2 个百分点",
		zh.change(ruleAdjust{Op: "per_year_of_age"}, "0.002", "points"):           "每一岁加 0.2 个百分点",
		zh.change(ruleAdjust{Op: "per_admission", Over: 1}, "-100", "CNY"):        "第 1 次住院以后，每多住一次减 100 元",
		zh.stated("employee.inpatient.cap", "250000"):                             "25 万元",
		zh.stated("employee.inpatient.bands", "0.9"):                              "90%",
		zh.stated("employee.inpatient.cap", "none"):                               "不设限",
		zh.stated("employee.inpatient.bands", "0.85/0.9"):                         "0.85/0.9",
		zh.stated("employee.outpatient.deductible", "0"):                          "0 元",
		zh.spaced("3万元以内"):                                                        "3 万元以内", zh.spaced("到90%之间"): "到 90% 之间", en.spaced("3万"): "3万",
		policyAnchor("employee.inpatient.caps[0].table[12]"): "employee.inpatient.caps.0.table.12",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// The bounds of a segment are those in force while it held.
func TestSegments(t *testing.T) {
	row := func(to, from, until string) (r ruleRow) {
		r.To, r.Valid.From, r.Valid.Until = to, from, until
		return r
	}
	b := &policyBook{ruleWords: ruleWords{messages: allMessages(t)["zh"], rules: rules{From: "2023-01-01"}}}
	ladder := []ruleRow{
		row("10000.00", "2001-01-01", ""), row("30000.00", "2001-01-01", "2024-12-31"), row("", "2001-01-01", "2024-12-31"),
		row("50000.00", "2025-01-01", ""), row("", "2025-01-01", ""),
	}
	want := []string{"1 万元以内的部分", "1 万元至 3 万元的部分", "超过 3 万元的部分", "1 万元至 5 万元的部分", "超过 5 万元的部分"}
	for i, r := range ladder {
		if got := b.segment(r, ladder); got != want[i] {
			t.Errorf("row %d: %q, want %q", i, got, want[i])
		}
	}
	// The bound under the last segment rises while the segment itself stays.
	open := []ruleRow{row("30000.00", "2001-01-01", "2024-12-31"), row("50000.00", "2025-01-01", ""), row("", "2001-01-01", "")}
	if got := b.segment(open[2], open); got != "以上各段之外的部分" {
		t.Errorf("an open segment over changing bounds: %q", got)
	}
}

// Conditions are said as far as they tell cases apart here.
func TestConditionsInWords(t *testing.T) {
	r, _, err := askPolicy("110000")
	if err != nil {
		t.Fatal(err)
	}
	w := ruleWords{messages: allMessages(t)["zh"], rules: r}
	w.scheme = &w.Schemes[0]
	of := func(dim string, codes ...string) []ruleCond { return []ruleCond{{Cond: dim, In: codes}} }
	for _, c := range []struct {
		list []ruleCond
		want string
	}{
		{of("status", "active", "retired"), ""},
		{of("status", "retired"), "退休"},
		{of("level", "community", "primary", "secondary", "tertiary_district"), "除三级医院以外"},
		{of("level", "primary", "secondary"), "一级医院、二级医院"},
		{slices.Concat(of("place", "out_of_province"), of("filing", "long_term", "referral", "emergency", "temporary", "unfiled")), "外省"},
		{slices.Concat(of("status", "retired"), of("level", "tertiary")), "三级医院 · 退休"},
		{of("assistance", "destitute", "minimum_living", "low_income", "poverty_monitored", "impoverished_by_illness", "living_difficulty", "low_income_rural"), "有救助身份"},
	} {
		if got := w.when(c.list); got != c.want {
			t.Errorf("%v: %q, want %q", c.list, got, c.want)
		}
	}
}

func TestListOfPages(t *testing.T) {
	for _, origin := range []string{"", "https://example.org/sub"} {
		s := &site{origin: origin, files: map[string][]byte{"index.html": nil, "policies/110000/index.html": nil, "404.html": nil}}
		if err := s.entries(); err != nil {
			t.Fatal(err)
		}
		list, robots := string(s.files["sitemap.xml"]), string(s.files["robots.txt"])
		before := map[bool]string{true: ".", false: origin}[origin == ""]
		for _, want := range []string{"<loc>" + before + "/</loc>", "<loc>" + before + "/policies/110000/</loc>"} {
			if !strings.Contains(list, want) {
				t.Errorf("origin %q: no %s in\n%s", origin, want, list)
			}
		}
		if strings.Contains(list, "404") || strings.Contains(list, "SITE_ORIGIN") != (origin == "") || strings.Contains(robots, "Sitemap:") != (origin != "") {
			t.Errorf("origin %q:\n%s\n%s", origin, list, robots)
		}
	}
}

func TestNavigationMarksTheWay(t *testing.T) {
	for folder, want := range map[string]string{"": "/page", "policies/": "policies//page", "policies/110000/": "policies//true", "about/method/": "about//true about/method//page", "404": ""} {
		var got []string
		for _, v := range (&page{Folder: folder}).Views() {
			if v.Current != "" {
				got = append(got, v.Folder+"/"+v.Current)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: %q, want %q", folder, got, want)
		}
	}
}
