package main

import (
	"encoding/json"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// embedding publishes what other sites put into their pages: the tag's script under a
// name that does not change, the frame's page in both languages, and for hosts that ask,
// the oEmbed answer.
func (s *site) embedding() error {
	for _, lang := range languages {
		r, m := s.renderers[lang], s.renderers[lang].messages
		p := s.newPage(m, "", "embed.heading")
		p.CSP, p.Frame = cspOf("/"+home(lang)+"embed.html"), true
		p.load(s.scripts["embed."+lang])
		s.example(p, lang)
		html, err := r.render(s.root, "embed.html", p)
		if err != nil {
			return err
		}
		s.add(p.Path+"embed.html", html)
		if s.origin != "" {
			answer, err := s.oembed(m)
			if err != nil {
				return err
			}
			s.add(p.Path+"oembed.json", answer)
		}
	}
	return nil
}

// embedAssets publishes the scripts and the style sheet of the frame.
func (s *site) embedAssets(b *bundler) error {
	host, err := b.one("embed-host.mjs", api.FormatIIFE)
	if err != nil {
		return err
	}
	s.add("embed.js", host)
	css, err := b.one("css/embed.css", api.FormatDefault)
	if err != nil {
		return err
	}
	boot, err := b.one("embed-boot.js", api.FormatIIFE)
	if err != nil {
		return err
	}
	s.addHashed("embed.css", css)
	s.addHashed("embed-boot.js", boot)
	return nil
}

// oembed is the answer for programs that turn an address into a frame. It is the same for
// every address of the site, so a file serves.
func (s *site) oembed(m messages) ([]byte, error) {
	const width, height = 700, 900
	frame := s.origin + "/" + home(m.lang) + "embed.html"
	escape := strings.NewReplacer("&", "&amp;", `"`, "&quot;", "<", "&lt;")
	data, err := json.MarshalIndent(map[string]any{
		"version": "1.0", "type": "rich", "title": m.t("embed.heading"), "provider_name": m.t("site.name"), "provider_url": s.origin + "/" + home(m.lang),
		"width": width, "height": height, "cache_age": 86400,
		"html": `<iframe src="` + escape.Replace(frame) + `" title="` + escape.Replace(m.t("embed.heading")) + `" width="700" height="900" loading="lazy" referrerpolicy="no-referrer" ` +
			`sandbox="allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox" style="border:0;max-width:100%"></iframe>`,
	}, "", " ")
	return append(data, '\n'), err
}

// pickPage is a choice of the view that makes the tag.
type pickPage struct {
	Name, Legend string
	Options      []choice
}

// pick takes codes and their texts in turn; the first is the usual one.
func pick(name, legend string, options ...string) pickPage {
	p := pickPage{Name: name, Legend: legend}
	for i := 0; i+1 < len(options); i += 2 {
		p.Options = append(p.Options, choice{Code: options[i], Text: options[i+1], Checked: i == 0})
	}
	return p
}
