package main

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// The health check of a container passes only while the process says that it is ready.
func TestHealthAsksWhetherItIsReady(t *testing.T) {
	t.Parallel()
	status := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/readyz" {
			t.Errorf("it asked for %s", r.URL.Path)
		}
		http.Error(w, "database: away", status)
	}))
	defer server.Close()
	address := server.Listener.Addr().String()
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	for _, listen := range []string{address, ":" + port, "0.0.0.0:" + port, "[::]:" + port} {
		if err := askReady(t.Context(), listen); err != nil {
			t.Errorf("%s: %v", listen, err)
		}
	}
	status = http.StatusServiceUnavailable
	if err := askReady(t.Context(), address); err == nil || !strings.Contains(err.Error(), "database: away") {
		t.Errorf("without its database: %v", err)
	}
	server.Close()
	if err := askReady(t.Context(), address); err == nil {
		t.Error("without the process it is ready")
	}
	if err := askReady(t.Context(), "9090"); err == nil || !strings.Contains(err.Error(), metricsVariable) {
		t.Errorf("an address without a port: %v", err)
	}
}
