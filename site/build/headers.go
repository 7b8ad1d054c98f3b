package main

import (
	"fmt"
	"strings"
)

// The headers that every page is served with. They are the proof, enforced by the
// visitor's browser, that nothing typed leaves the device: there is no foreign host
// that a page may talk to, no form target, no inline script, and text cannot become
// markup (Trusted Types).
//
// They stand here once; the local server, the _headers file and the samples for nginx
// and Caddy are written from this list.

const (
	cspPage = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; " +
		"connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; " +
		"require-trusted-types-for 'script'; trusted-types mingbai"
	cspFrame = "; frame-ancestors 'self'"
)

type header struct{ name, value string }

var securityHeaders = []header{
	{"Content-Security-Policy", cspPage + cspFrame},
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

// headersFile is the format that several static hosts read from the site's root.
func headersFile() string {
	var b strings.Builder
	b.WriteString("/*\n")
	for _, h := range securityHeaders {
		fmt.Fprintf(&b, "  %s: %s\n", h.name, h.value)
	}
	fmt.Fprintf(&b, "  Cache-Control: %s\n", cacheRevalidate)
	// The ! line takes the general value away first: these hosts join repeated headers.
	fmt.Fprintf(&b, "/assets/*\n  ! Cache-Control\n  Cache-Control: %s\n", cacheForever)
	b.WriteString("/mingbai.mjs\n  Access-Control-Allow-Origin: *\n/assets/engine.*\n  Access-Control-Allow-Origin: *\n")
	return b.String()
}

func nginxSample() string {
	var head strings.Builder
	for _, h := range securityHeaders {
		fmt.Fprintf(&head, "add_header %s %q always;\n", h.name, h.value)
	}
	indent := func(by string) string {
		return by + strings.ReplaceAll(strings.TrimSpace(head.String()), "\n", "\n"+by)
	}
	return `# nginx: put this into the server block of the site.
# gzip_static and brotli_static serve the .gz and .br files that lie beside each file; without the
# brotli module take that line out. add_header is not inherited into a location that has its own,
# therefore the list stands twice.
root /var/www/mingbai;
charset utf-8;
gzip_static on;
brotli_static on;
types {
    text/html html; text/css css; text/javascript js mjs; application/wasm wasm; application/json json;
    application/manifest+json webmanifest; image/svg+xml svg; image/png png; text/plain txt ts;
    application/xml xml; application/octet-stream gzip;
}
error_page 404 /404.html;
location / {
` + indent("    ") + `
    add_header Cache-Control "` + cacheRevalidate + `" always;
}
location /assets/ {
` + indent("    ") + `
    add_header Cache-Control "` + cacheForever + `" always;
}
`
}

func caddySample() string {
	var b strings.Builder
	b.WriteString("# Caddy: a site block; change the name in its first line.\nmingbai.example {\n\troot * /var/www/mingbai\n\theader {\n")
	for _, h := range securityHeaders {
		fmt.Fprintf(&b, "\t\t%s %q\n", h.name, h.value)
	}
	fmt.Fprintf(&b, "\t\tCache-Control %q\n\t}\n", cacheRevalidate)
	fmt.Fprintf(&b, "\theader /assets/* Cache-Control %q\n", cacheForever)
	b.WriteString("\t@gzip path *.gzip\n\theader @gzip Content-Type application/octet-stream\n")
	b.WriteString("\tfile_server {\n\t\tprecompressed br gzip\n\t}\n\thandle_errors {\n\t\trewrite * /404.html\n\t\tfile_server\n\t}\n}\n")
	return b.String()
}
