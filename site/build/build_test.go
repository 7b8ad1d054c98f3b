package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/andybalholm/brotli"
)

func TestMoney(t *testing.T) {
	for _, c := range []struct {
		fen  int64
		want string
	}{{0, "0.00"}, {5, "0.05"}, {99_999, "999.99"}, {100_000, "1,000.00"}, {123_456_789, "1,234,567.89"}} {
		if got := money(c.fen); got != c.want {
			t.Errorf("money(%d) = %s, want %s", c.fen, got, c.want)
		}
		if back := fen(strings.ReplaceAll(c.want, ",", "")); back != c.fen {
			t.Errorf("fen(%s) = %d, want %d", c.want, back, c.fen)
		}
	}
}

func TestPercentOf(t *testing.T) {
	for share, want := range map[string]string{"0.85": "85%", "0.855": "85.5%", "1": "100%", "0.9": "90%", "0.003": "0.3%", "-0.05": "-5%", "0": "0%", "0.912345": "91.2345%"} {
		if got := percentOf(share); got != want {
			t.Errorf("percentOf(%s) = %s, want %s", share, got, want)
		}
	}
}

func TestPortion(t *testing.T) {
	for _, c := range []struct {
		part, whole int64
		want        string
	}{{1, 3, "33.3%"}, {2, 3, "66.7%"}, {1, 2000, "0.1%"}, {1, 2001, "0.0%"}, {5, 5, "100.0%"}, {0, 0, "0.0%"}} {
		if got := portion(c.part, c.whole); got != c.want {
			t.Errorf("portion(%d, %d) = %s, want %s", c.part, c.whole, got, c.want)
		}
	}
}

// What stays in a bucket is what went in less what payers took out; paying by account or
// in cash does not make it less the person's.
func TestLeft(t *testing.T) {
	s := &settlement{Steps: []step{
		{Kind: "classify", From: "bill", To: "in_scope", Amount: "1000.00"},
		{Kind: "share", From: "in_scope", To: "hifp_pay", Amount: "700.00"},
		{Kind: "copay", From: "in_scope", To: "copay", Amount: "300.00"},
		{Kind: "share", From: "copay", To: "hifmi_pay", Amount: "120.50"},
		{Kind: "cash", From: "copay", To: "psn_cash_pay", Amount: "179.50"},
	}}
	if got := left(s, []string{"copay"}); got != 17950 {
		t.Errorf("left in copay: %d fen, want 17950", got)
	}
	if got := left(s, []string{"in_scope"}); got != 0 {
		t.Errorf("left in in_scope: %d fen, want 0", got)
	}
}

// What one share pays out of two buckets reads as one payment, so that the product that is
// shown is true; cash says which part it pays.
func TestStepsInWords(t *testing.T) {
	w := viewer{messages: allMessages(t)["zh"]}
	// 60 % of 19,596.00 are 11,757.60: 1,300.00 of the deductible and 10,457.60 of the copay.
	s := &settlement{amounts: map[string]string{"hifmi_pay": "11757.60", "psn_cash_pay": "300.00", "fund_pay_sumamt": "11757.60"}, Steps: []step{
		{Kind: "share", Layer: "critical_illness", Rule: "a.bands.table[0]", From: "deductible", To: "hifmi_pay", Base: "19596.00", Share: "0.6", Amount: "1300.00"},
		{Kind: "share", Layer: "critical_illness", Rule: "a.bands.table[0]", From: "copay", To: "hifmi_pay", Base: "19596.00", Share: "0.6", Amount: "10457.60"},
		{Kind: "share", Layer: "critical_illness", Rule: "a.bands.table[1]", From: "copay", To: "hifmi_pay", Base: "0.00", Share: "0.7", Amount: "0.00"},
		{Kind: "cash", Rule: "cash", From: "self_funded", To: "psn_cash_pay", Base: "200.00", Amount: "200.00"},
		{Kind: "cash", Rule: "cash", From: "copay", To: "psn_cash_pay", Base: "100.00", Amount: "100.00"},
	}}
	g := w.group(groupPlan{ID: "funds", Total: "fund_pay_sumamt", Lines: []linePlan{{ID: "hifmi_pay", To: []string{"hifmi_pay"}}, {ID: "psn_cash_pay", To: []string{"psn_cash_pay"}}}}, s, policyInfo{})
	var got []string
	for _, l := range g.Lines {
		for _, st := range l.Steps {
			got = append(got, st.Title+" "+st.Formula)
		}
	}
	want := []string{"大病保险：按比例支付 19,596.00 × 60% = 11,757.60", "现金支付：全自费 200.00", "现金支付：按比例自己付 100.00"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A doubt about what several layers share, such as the changes for care away from home, is called by what it is about.
func TestDoubtNames(t *testing.T) {
	w := viewer{messages: allMessages(t)["zh"]}
	for rule, want := range map[string]string{"shared.out_of_area[0].plus[4]": "异地就医", "employee.critical_illness.cap.table[0]": "大病保险"} {
		if got := w.doubtName(&settlement{}, rule, ""); got != want {
			t.Errorf("%s is called %q, want %q", rule, got, want)
		}
	}
}

func TestBarSumsToTheBill(t *testing.T) {
	w := viewer{messages: allMessages(t)["zh"], plan: receiptPlan{Bar: []string{"hifp_pay", "hifmi_pay", "psn_cash_pay"}}}
	s := &settlement{amounts: map[string]string{"hifp_pay": "33.33", "hifmi_pay": "0.00", "psn_cash_pay": "66.67"}}
	segments, rows := w.bar(s, 10000)
	want := []segment{{"hifp_pay", "0", "3333"}, {"psn_cash_pay", "3333", "6667"}}
	if !slices.Equal(segments, want) {
		t.Errorf("segments %v, want %v", segments, want)
	}
	if len(rows) != 2 || rows[1].Amount != "66.67" || rows[1].Percent != "66.7%" {
		t.Errorf("rows %v", rows)
	}
}

func TestDisplayWidth(t *testing.T) {
	for s, want := range map[string]int{"": 0, "abc": 3, "医保": 4, "三级 A": 6, "（甲）": 6, "…": 1, "１２": 4} {
		if got := displayWidth(s); got != want {
			t.Errorf("displayWidth(%q) = %d, want %d", s, got, want)
		}
	}
	if got := clip("住院统筹基金", 7); got != "住院统…" || displayWidth(got) != 7 {
		t.Errorf("clip gave %q", got)
	}
	if got := clip("住院", 4); got != "住院" {
		t.Errorf("clip gave %q", got)
	}
}

func TestTableAlignsChineseAndFigures(t *testing.T) {
	var out strings.Builder
	p := &printer{out: &out}
	p.table(table{{"统筹基金", "1.00"}, {"cash", "1,000.00"}}, "T", "<>")
	want := "T\n  统筹基金      1.00\n  cash      1,000.00\n\n"
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}

func TestCompressionRoundTrip(t *testing.T) {
	data := []byte(strings.Repeat("医保明白账 ", 500))
	z, err := gzip.NewReader(bytes.NewReader(gzipped(data)))
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]io.Reader{"gzip": z, "brotli": brotli.NewReader(bytes.NewReader(brotlied(data)))} {
		if back, err := io.ReadAll(r); err != nil || !bytes.Equal(back, data) {
			t.Errorf("%s does not give the data back: %v", name, err)
		}
	}
	if !bytes.Equal(gzipped(data), gzipped(data)) {
		t.Error("two gzip runs differ: the build would not be reproducible")
	}
}

func TestAccepts(t *testing.T) {
	for _, c := range []struct {
		header, coding string
		want           bool
	}{
		{"gzip, deflate, br", "br", true}, {"gzip", "br", false}, {"br;q=0, gzip", "br", false}, {"br; q=0.5", "br", true},
		{"", "gzip", false}, {"BR", "br", true}, {"brotli", "br", false}, {"br;q=x", "br", false},
	} {
		if got := accepts(c.header, c.coding); got != c.want {
			t.Errorf("accepts(%q, %s) = %v", c.header, c.coding, got)
		}
	}
}

func TestStaticHost(t *testing.T) {
	host := staticHost{fstest.MapFS{
		"index.html":           {Data: []byte("<p>plain")},
		"index.html.br":        {Data: []byte("BR")},
		"index.html.gz":        {Data: []byte("GZ")},
		"404.html":             {Data: []byte("lost")},
		"_headers":             {Data: []byte("secret-ish")},
		"en/index.html":        {Data: []byte("english")},
		"assets/engine.1.wasm": {Data: []byte("\x00asm")},
	}}
	get := func(method, path, accept, none string) *http.Response {
		r := httptest.NewRequest(method, path, nil)
		r.Header.Set("Accept-Encoding", accept)
		r.Header.Set("If-None-Match", none)
		w := httptest.NewRecorder()
		host.ServeHTTP(w, r)
		return w.Result()
	}
	body := func(r *http.Response) string {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	for _, c := range []struct {
		path, accept   string
		status         int
		body, coding   string
		kind, cacheing string
	}{
		{"/", "gzip, br", 200, "BR", "br", "text/html; charset=utf-8", cacheRevalidate},
		{"/", "gzip", 200, "GZ", "gzip", "text/html; charset=utf-8", cacheRevalidate},
		{"/", "", 200, "<p>plain", "", "text/html; charset=utf-8", cacheRevalidate},
		{"/en/", "", 200, "english", "", "text/html; charset=utf-8", cacheRevalidate},
		{"/en", "", 308, "", "", "", cacheRevalidate},
		{"/assets/engine.1.wasm", "br", 200, "\x00asm", "", "application/wasm", cacheForever},
		{"/nothing", "", 404, "lost", "", "text/html; charset=utf-8", cacheRevalidate},
		{"/_headers", "", 404, "lost", "", "text/html; charset=utf-8", cacheRevalidate},
		{"/../index.html", "", 200, "<p>plain", "", "text/html; charset=utf-8", cacheRevalidate},
	} {
		r := get("GET", c.path, c.accept, "")
		if r.StatusCode != c.status || r.Header.Get("Content-Encoding") != c.coding || r.Header.Get("Cache-Control") != c.cacheing {
			t.Errorf("%s: status %d, encoding %q, caching %q", c.path, r.StatusCode, r.Header.Get("Content-Encoding"), r.Header.Get("Cache-Control"))
		}
		if c.status != 308 && (body(r) != c.body || r.Header.Get("Content-Type") != c.kind) {
			t.Errorf("%s: wrong body or type %q", c.path, r.Header.Get("Content-Type"))
		}
		for _, h := range securityHeaders {
			if r.Header.Get(h.name) != h.value {
				t.Errorf("%s lacks %s", c.path, h.name)
			}
		}
	}
	first := get("GET", "/", "br", "")
	if r := get("GET", "/", "br", first.Header.Get("ETag")); r.StatusCode != 304 || body(r) != "" {
		t.Errorf("a known page was sent again: %d", r.StatusCode)
	}
	if r := get("GET", "/", "gzip", first.Header.Get("ETag")); r.StatusCode != 200 {
		t.Error("another encoding has the same ETag")
	}
	if r := get("POST", "/", "", ""); r.StatusCode != 405 || r.Header.Get("Allow") != "GET, HEAD" {
		t.Errorf("POST: %d", r.StatusCode)
	}
	if r := get("HEAD", "/", "", ""); r.StatusCode != 200 || body(r) != "" || r.Header.Get("Content-Length") != "8" {
		t.Errorf("HEAD: %d, length %s", r.StatusCode, r.Header.Get("Content-Length"))
	}
}

// The policy must leave no way out: no foreign host, no inline script, no eval, no form.
func TestContentSecurityPolicy(t *testing.T) {
	for _, must := range []string{"default-src 'none'", "form-action 'none'", "base-uri 'none'", "require-trusted-types-for 'script'", "connect-src 'self'", "img-src 'self' data:;"} {
		if !strings.Contains(cspPage, must) {
			t.Errorf("the page's policy lacks %s", must)
		}
	}
	for _, never := range []string{"unsafe-inline", "'unsafe-eval'", "http:", "https:", "data:", "blob:", "*"} {
		// A picture that the page has drawn itself is data: it comes from no host and tells none anything.
		if strings.Contains(strings.Replace(cspPage, "img-src 'self' data:", "", 1), never) {
			t.Errorf("the page's policy allows %s", never)
		}
	}
	for name, sample := range map[string]string{"_headers": headersFile(), "nginx": nginxSample(), "Caddy": caddySample()} {
		for _, h := range securityHeaders {
			if !strings.Contains(sample, h.name) || !strings.Contains(sample, h.value) {
				t.Errorf("the %s sample lacks %s", name, h.name)
			}
		}
	}
}

// A browser fetches a dictionary for a field whose spelling it checks, and some send what is
// typed to their maker for it. No field allows that.
func TestNoSpellingIsChecked(t *testing.T) {
	pages, err := filepath.Glob(filepath.Join(testRoot(t), "site/src/pages/*.html"))
	if err != nil || len(pages) == 0 {
		t.Fatal(err, pages)
	}
	field := regexp.MustCompile(`<input\b[^>]*\btype="(?:text|search)"[^>]*>|<textarea\b[^>]*>`)
	seen := 0
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, tag := range field.FindAllString(string(text), -1) {
			if seen++; !strings.Contains(tag, `spellcheck="false"`) {
				t.Errorf("%s: %s", filepath.Base(page), tag)
			}
		}
	}
	if seen < 8 {
		t.Errorf("only %d fields found", seen)
	}
}

// Programs that turn an address into a frame get the same frame as the tag makes, with the
// tokens that the page about embedding documents, and find the answer from the Estimate.
func TestOEmbed(t *testing.T) {
	tokens := `sandbox="allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox"`
	host, err := os.ReadFile(filepath.Join(testRoot(t), "site/src/embed-host.mjs"))
	if err != nil || !strings.Contains(string(host), `'`+strings.Trim(strings.TrimPrefix(tokens, "sandbox="), `"`)+`'`) {
		t.Errorf("the tag's frame has other tokens than %s (%v)", tokens, err)
	}
	for lang, m := range allMessages(t) {
		s := &site{root: testRoot(t), origin: "https://example.cn/mingbai", scripts: map[string][]string{"plain": {"assets/plain.js"}}}
		data, err := s.oembed(m)
		if err != nil {
			t.Fatal(err)
		}
		var answer struct {
			Version, Type, HTML string
			Width, Height       int
		}
		if err := json.Unmarshal(data, &answer); err != nil {
			t.Fatal(err)
		}
		if answer.Version != "1.0" || answer.Type != "rich" || answer.Width != 700 || answer.Height != 900 {
			t.Errorf("%s: %+v", lang, answer)
		}
		for _, part := range []string{`src="https://example.cn/mingbai/` + home(lang) + `embed.html"`, tokens, `loading="lazy"`, `title="` + m.t("embed.heading") + `"`, `referrerpolicy="no-referrer"`} {
			if !strings.Contains(answer.HTML, part) {
				t.Errorf("%s: the frame lacks %s: %s", lang, part, answer.HTML)
			}
		}
		if !strings.Contains(m.t("embed.rule_sandbox"), tokens) {
			t.Errorf("%s: the tokens are not documented", lang)
		}
		if p := s.newPage(m, "", "estimate.title"); !p.OEmbed || len(p.Alternates) != 2 || p.Link(p.Alternates[1].Path) != "https://example.cn/mingbai/en/" {
			t.Errorf("%s: the Estimate does not name its oEmbed answer or its other language: %+v", lang, p.Alternates)
		}
		s.origin = ""
		if p := s.newPage(m, "", "estimate.title"); p.OEmbed || p.Alternates != nil {
			t.Errorf("%s: addresses that nobody knows are told", lang)
		}
	}
}

// The first visit keeps every view of the navigation, and what these load in turn.
func TestCoreFollowsTheNavigation(t *testing.T) {
	s := &site{root: testRoot(t), files: map[string][]byte{}, assets: map[string]string{}}
	for _, name := range []string{"engine.wasm", "worker.js", "icon.svg", "icon-192.png", "page.css", "deep.js", "chunk.js", "alone.js", "alone.css"} {
		s.addHashed(name, []byte(name))
	}
	s.add("policies/110000/index.html", []byte(s.asset("alone.js")+s.asset("alone.css")))
	for _, lang := range languages {
		for _, v := range navigation {
			s.add(home(lang)+v.Folder+"index.html", []byte("x"))
		}
	}
	s.add("year/index.html", []byte(`<link href="../`+s.asset("page.css")+`"><script src="../`+s.asset("chunk.js")+`">`))
	s.add(s.asset("chunk.js"), []byte(`import("./`+path.Base(s.asset("deep.js"))+`")`))
	core := s.core()
	for _, want := range []string{"index.html", "en/index.html", "year/index.html", "en/hosting/index.html", "embed.html", "en/offline.html", "manifest.webmanifest", s.asset("engine.wasm"), s.asset("page.css"), s.asset("chunk.js"), s.asset("deep.js")} {
		if !slices.Contains(core, want) {
			t.Errorf("the first visit does not keep %s", want)
		}
	}
	for _, never := range []string{"policies/110000/index.html", s.asset("alone.js"), s.asset("alone.css")} {
		if slices.Contains(core, never) {
			t.Errorf("the first visit keeps %s", never)
		}
	}
	s.precache = core
	if others := s.otherPages(); !slices.Contains(others, s.asset("alone.js")) || slices.Contains(others, s.asset("deep.js")) {
		t.Errorf("kept later: %v", others)
	}
}

func TestProvincesInOrderOfCodes(t *testing.T) {
	got := provinces([]region{
		{Code: "320500", Name: name{"苏州市", "Suzhou"}, Pinyin: "su zhou", Initials: "sz", Province: name{"江苏省", "Jiangsu"}},
		{Code: "110000", Name: name{"北京市", "Beijing"}, Pinyin: "bei jing", Initials: "bj", Province: name{"北京市", "Beijing"}},
		{Code: "320100", Name: name{"南京市", "Nanjing"}, Pinyin: "nan jing", Initials: "nj", Province: name{"江苏省", "Jiangsu"}},
	}, "zh")
	if len(got) != 2 || got[0].Name != "北京市" || len(got[1].Regions) != 2 || got[1].Regions[0] != (option{"320100", "南京市", "nan jing nj"}) {
		t.Errorf("got %v", got)
	}
}
