module mingbai

go 1.26

require (
	github.com/andybalholm/brotli v1.2.8 // indirect
	github.com/evanw/esbuild v0.28.2 // indirect
	github.com/hack-pad/safejs v0.1.0 // indirect
	github.com/shopspring/decimal v1.6.0 // indirect
	gopkg.in/yaml.v3 v3.0.1 // indirect
)
