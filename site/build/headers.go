package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// The headers that every page is served with. They are the proof, enforced by the
// visitor's browser, that nothing typed leaves the device: there is no foreign host
// that a page may talk to, no form target, no inline script, and text cannot become
// markup (Trusted Types).
//
// They stand here once. The pages' own <meta>, the service worker, the local server, the
// _headers file and the samples for nginx and Caddy are written from this list.

const (
	cspPage = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; " +
		"connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; " +
		"require-trusted-types-for 'script'; trusted-types mingbai"
	// The view that makes the tag shows the frame beside it.
	cspBuilder = cspPage + "; frame-src 'self'"
	// Only the page that is made to be embedded may stand in other people's frames.
	framedHere, framedAnywhere = "; frame-ancestors 'self'", "; frame-ancestors *"
)

type header struct{ name, value string }

const csp = "Content-Security-Policy"

var securityHeaders = []header{
	{csp, cspPage + framedHere},
	{"Referrer-Policy", "no-referrer"},
	{"X-Content-Type-Options", "nosniff"},
	{"Cross-Origin-Opener-Policy", "same-origin"},
	{"Permissions-Policy", permissions(
		"accelerometer", "autoplay", "browsing-topics", "camera",
		"display-capture", "encrypted-media", "gamepad", "geolocation", "gyroscope", "hid", "idle-detection",
		"local-fonts", "magnetometer", "microphone", "midi", "payment", "publickey-credentials-get",
		"screen-wake-lock", "serial", "storage-access", "usb", "xr-spatial-tracking")},
}

func permissions(features ...string) string { return strings.Join(features, "=(), ") + "=()" }

const (
	cacheForever    = "public, max-age=31536000, immutable" // the name carries the content's hash
	cacheRevalidate = "no-cache"                            // kept, but asked for again each time
)

// headerRule gives headers to the paths that match; a later rule's header takes the
// place of an earlier one of the same name. A * stands at the end for any rest.
type headerRule struct {
	pattern string
	headers []header
}

var headerRules = []headerRule{
	{"/*", append(slices.Clone(securityHeaders), header{"Cache-Control", cacheRevalidate})},
	{"/assets/*", []header{{"Cache-Control", cacheForever}}},
	{"/embed.html", []header{{csp, cspPage + framedAnywhere}}},
	{"/en/embed.html", []header{{csp, cspPage + framedAnywhere}}},
	{"/embedding/*", []header{{csp, cspBuilder + framedHere}}},
	{"/en/embedding/*", []header{{csp, cspBuilder + framedHere}}},
	// Other sites load these: the tag's script, the library with its engine, the oEmbed answer.
	{"/embed.js", []header{{"Cross-Origin-Resource-Policy", "cross-origin"}, {"Access-Control-Allow-Origin", "*"}}},
	{"/mingbai.mjs", []header{{"Access-Control-Allow-Origin", "*"}}},
	{"/oembed.json", []header{{"Access-Control-Allow-Origin", "*"}}},
	{"/en/oembed.json", []header{{"Access-Control-Allow-Origin", "*"}}},
	{"/assets/engine.*", []header{{"Access-Control-Allow-Origin", "*"}}},
	{"/assets/workshop.*", []header{{"Access-Control-Allow-Origin", "*"}}},
	{"/assets/worker.*", []header{{"Access-Control-Allow-Origin", "*"}}},
}

func (r headerRule) matches(path string) bool {
	prefix, any := strings.CutSuffix(r.pattern, "*")
	return any && strings.HasPrefix(path, prefix) || path == r.pattern
}

// headersFor are the headers of a path below the site's own folder, with a leading slash.
func headersFor(path string) []header {
	var out []header
	for _, r := range headerRules {
		if !r.matches(path) {
			continue
		}
		for _, h := range r.headers {
			if at := slices.IndexFunc(out, func(o header) bool { return o.name == h.name }); at >= 0 {
				out[at] = h
			} else {
				out = append(out, h)
			}
		}
	}
	return out
}

// cspOf is what a page carries in its <meta> for hosts that send no headers; who may
// frame a page can only be said in a header.
func cspOf(path string) string {
	for _, h := range headersFor(path) {
		if h.name == csp {
			policy, _, _ := strings.Cut(h.value, "; frame-ancestors")
			return policy
		}
	}
	return cspPage
}

// headersFile is the format that several static hosts read from the site's root.
func headersFile() string {
	var b strings.Builder
	var said []string
	for _, r := range headerRules {
		b.WriteString(r.pattern + "\n")
		for _, h := range r.headers {
			// These hosts join a header that is said twice; the ! line takes the earlier one away.
			if slices.Contains(said, h.name) {
				fmt.Fprintf(&b, "  ! %s\n", h.name)
			}
			fmt.Fprintf(&b, "  %s: %s\n", h.name, h.value)
		}
		if len(said) == 0 {
			for _, h := range r.headers {
				said = append(said, h.name)
			}
		}
	}
	return b.String()
}

// sampleOf is a path that a pattern matches.
func sampleOf(pattern string) string { return strings.Replace(pattern, "*", "x", 1) }

func nginxSample() string {
	var b strings.Builder
	b.WriteString(`# nginx: put this into the server block of the site.
# gzip_static and brotli_static serve the .gz and .br files that lie beside each file; without the
# brotli module take that line out. A location with headers of its own inherits none, therefore each
# one says them all.
root /var/www/mingbai;
charset utf-8;
gzip_static on;
brotli_static on;
types {
    text/html html; text/css css; text/javascript js mjs; application/wasm wasm; application/json json;
    application/manifest+json webmanifest; image/svg+xml svg; image/png png; text/plain txt ts md;
    application/xml xml; application/yaml yaml; text/csv csv; application/octet-stream gzip;
}
charset_types text/html text/css text/javascript text/plain application/yaml text/csv;
error_page 404 /404.html;
`)
	for _, r := range headerRules {
		prefix, any := strings.CutSuffix(r.pattern, "*")
		switch {
		case !any:
			fmt.Fprintf(&b, "location = %s {\n", r.pattern)
		case strings.HasSuffix(prefix, "/"):
			fmt.Fprintf(&b, "location %s {\n", prefix)
		default:
			fmt.Fprintf(&b, "location ~ ^%s {\n", regexp.QuoteMeta(prefix))
		}
		for _, h := range headersFor(sampleOf(r.pattern)) {
			always := " always"
			if h.name == "Cache-Control" {
				always = "" // that a file is not there yet must not be kept for ever
			}
			fmt.Fprintf(&b, "    add_header %s %q%s;\n", h.name, h.value, always)
		}
		b.WriteString("}\n")
	}
	return b.String()
}

func caddySample() string {
	var b strings.Builder
	b.WriteString(`# Caddy: a site block; change the name in its first line.
# route keeps the order: what is said later for fewer paths takes the place of what was said for all.
mingbai.example {
	root * /var/www/mingbai
	encode gzip
	route {
`)
	for _, r := range headerRules {
		matcher := r.pattern + " "
		if r.pattern == "/*" {
			matcher = ""
		}
		fmt.Fprintf(&b, "\t\theader %s{\n", matcher)
		for _, h := range r.headers {
			fmt.Fprintf(&b, "\t\t\t%s %q\n", h.name, h.value)
		}
		b.WriteString("\t\t}\n")
	}
	b.WriteString(`		@opaque path *.gzip
		header @opaque Content-Type application/octet-stream
		file_server {
			precompressed br gzip
		}
	}
	handle_errors {
		rewrite * /404.html
		file_server
	}
}
`)
	return b.String()
}
