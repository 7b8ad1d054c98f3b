package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// serveSite shows site/dist as a good static host would: right types, the smallest
// encoding that the browser takes, all security headers, hashed files kept for ever.
func serveSite(root string) error {
	dist := distFolder(root)
	if _, err := os.Stat(filepath.Join(dist, "index.html")); err != nil {
		return errors.New("there is no site to serve yet: run `make site` first (it fills site/dist)")
	}
	port := os.Getenv("PORT")
	if port == "" {
		port = "8080"
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return fmt.Errorf("PORT=%s is not a port: give a number from 0 to 65535", port)
	}
	// Only this machine, unless HOST says otherwise: trying the site on a phone needs
	// HOST=0.0.0.0.
	host := os.Getenv("HOST")
	if host == "" {
		host = "localhost"
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(host, port))
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("port %s is in use by another program: stop it, or choose another with `make serve PORT=%d`", port, 8081)
	}
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w", net.JoinHostPort(host, port), err)
	}
	server := &http.Server{Handler: staticHost{os.DirFS(dist)}, ReadHeaderTimeout: 10 * time.Second}
	fmt.Printf("Mingbai 医保明白账: http://localhost:%d/ (stop with Ctrl-C)\n", listener.Addr().(*net.TCPAddr).Port)
	stop, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	go func() {
		<-stop.Done()
		if err := server.Close(); err != nil {
			fmt.Fprintln(os.Stderr, "build: stopping:", err)
		}
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// staticHost serves a built site.
type staticHost struct{ dist fs.FS }

var contentTypes = map[string]string{
	".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
	".mjs": "text/javascript; charset=utf-8", ".ts": "text/plain; charset=utf-8", ".txt": "text/plain; charset=utf-8",
	".json": "application/json", ".webmanifest": "application/manifest+json", ".wasm": "application/wasm", ".svg": "image/svg+xml",
	".png": "image/png", ".md": "text/plain; charset=utf-8", ".csv": "text/csv; charset=utf-8", ".yaml": "application/yaml; charset=utf-8", ".xml": "application/xml", ".gzip": "application/octet-stream",
}

func (h staticHost) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	head := w.Header()
	say := func(name string) {
		for _, x := range headersFor("/" + name) {
			head.Set(x.name, x.value)
		}
	}
	name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
	if strings.HasSuffix(r.URL.Path, "/") {
		name = path.Join(name, "index.html")
	}
	say("")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		head.Set("Allow", "GET, HEAD")
		http.Error(w, "only GET and HEAD", http.StatusMethodNotAllowed)
		return
	}
	if info, err := fs.Stat(h.dist, orDot(name)); err == nil && info.IsDir() {
		http.Redirect(w, r, "/"+name+"/", http.StatusPermanentRedirect)
		return
	}
	status := http.StatusOK
	data, err := fs.ReadFile(h.dist, orDot(name))
	if err != nil || strings.HasPrefix(name, "_") {
		name, status = "404.html", http.StatusNotFound
		if data, err = fs.ReadFile(h.dist, name); err != nil {
			http.Error(w, "not found", http.StatusNotFound)
			return
		}
	}
	say(name)
	kind := contentTypes[path.Ext(name)]
	if kind == "" {
		kind = mime.TypeByExtension(path.Ext(name))
	}
	if kind == "" {
		kind = "application/octet-stream"
	}
	head.Set("Content-Type", kind)
	tag := contentHash(data)[:hashLen]
	if compressible(name) {
		head.Set("Vary", "Accept-Encoding")
		for _, e := range []struct{ coding, ext string }{{"br", ".br"}, {"gzip", ".gz"}} {
			if !accepts(r.Header.Get("Accept-Encoding"), e.coding) {
				continue
			}
			if small, err := fs.ReadFile(h.dist, name+e.ext); err == nil {
				head.Set("Content-Encoding", e.coding)
				data, tag = small, tag+"-"+e.coding
				break
			}
		}
	}
	if status == http.StatusOK {
		head.Set("ETag", `"`+tag+`"`)
		if r.Header.Get("If-None-Match") == `"`+tag+`"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	head.Set("Content-Length", strconv.Itoa(len(data)))
	w.WriteHeader(status)
	if r.Method == http.MethodGet {
		// A visitor who leaves while the file is on its way is no error of ours.
		_, _ = w.Write(data)
	}
}

func orDot(name string) string {
	if name == "" {
		return "."
	}
	return name
}

// accepts reads an Accept-Encoding header: a coding counts unless its quality is nought.
func accepts(header, coding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		if !strings.EqualFold(strings.TrimSpace(name), coding) {
			continue
		}
		quality, ok := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q=")
		if !ok {
			return true
		}
		q, err := strconv.ParseFloat(quality, 64)
		return err == nil && q > 0
	}
	return false
}
