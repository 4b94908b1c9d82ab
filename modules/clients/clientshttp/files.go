package clientshttp

import (
	"context"

	"github.com/bureauhq/bureau/modules/clients"
)

// ClientImport is a CSV file of clients and their people.
type ClientImport struct {
	CSV      string            `json:"csv" minLength:"1" maxLength:"3000000" doc:"The file's text, with a header; comma, semicolon or tab"`
	Mapping  map[string]string `json:"mapping,omitempty" doc:"Field to column header; guessed from the headers when missing"`
	Existing string            `json:"existing,omitempty" enum:"skip,update" default:"skip" doc:"What happens to records that are there already"`
	DryRun   bool              `json:"dry_run,omitempty" doc:"Answer what would happen and keep nothing"`
}

// ClientImportResult tells what an import did, or would do.
type ClientImportResult struct {
	DryRun          bool               `json:"dry_run"`
	Columns         []string           `json:"columns"`
	Mapping         map[string]string  `json:"mapping"`
	Rows            int                `json:"rows"`
	ClientsCreated  int                `json:"clients_created"`
	ClientsUpdated  int                `json:"clients_updated"`
	ContactsCreated int                `json:"contacts_created"`
	ContactsUpdated int                `json:"contacts_updated"`
	Unchanged       int                `json:"unchanged"`
	Errors          []ClientImportRow  `json:"errors"`
	Preview         []ClientImportPeek `json:"preview" doc:"The first 50 rows"`
}

// ClientImportRow is why a row was left out.
type ClientImportRow struct {
	Row     int    `json:"row" doc:"The header is row 1"`
	Column  string `json:"column,omitempty"`
	Field   string `json:"field,omitempty"`
	Message string `json:"message"`
}

// ClientImportPeek is what happens to one row.
type ClientImportPeek struct {
	Row     int    `json:"row"`
	Client  string `json:"client"`
	Contact string `json:"contact"`
	Action  string `json:"action" enum:"create,update,unchanged,error"`
}

type (
	importIn  struct{ Body ClientImport }
	importOut struct{ Body ClientImportResult }
	exportOut struct {
		ContentType string `header:"Content-Type"`
		Disposition string `header:"Content-Disposition"`
		Body        []byte
	}
)

func (h handlers) imports(ctx context.Context, in *importIn) (*importOut, error) {
	b := in.Body
	r, err := h.svc.Import(ctx, clients.Import{CSV: b.CSV, Mapping: b.Mapping, Update: b.Existing == "update", DryRun: b.DryRun})
	if err != nil {
		return nil, err
	}
	out := ClientImportResult{
		DryRun: b.DryRun, Columns: r.Columns, Mapping: r.Mapping, Rows: r.Rows, ClientsCreated: r.ClientsCreated, ClientsUpdated: r.ClientsUpdated,
		ContactsCreated: r.ContactsCreated, ContactsUpdated: r.ContactsUpdated, Unchanged: r.Unchanged,
		Errors: make([]ClientImportRow, len(r.Errors)), Preview: make([]ClientImportPeek, len(r.Preview)),
	}
	for i, e := range r.Errors {
		out.Errors[i] = ClientImportRow(e)
	}
	for i, p := range r.Preview {
		out.Preview[i] = ClientImportPeek(p)
	}
	return &importOut{out}, nil
}

func (h handlers) export(ctx context.Context, in *FilterIn) (*exportOut, error) {
	f, err := in.filter()
	if err != nil {
		return nil, err
	}
	raw, err := h.svc.Export(ctx, f)
	if err != nil {
		return nil, err
	}
	return &exportOut{"text/csv; charset=utf-8", `attachment; filename="clients.csv"`, raw}, nil
}
