package expenseshttp

import (
	"context"
	"mime"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/bureauhq/bureau/app/kit/file"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/modules/expenses"
)

func registerReceipts(api *httpapi.API, h handlers) {
	const own = expenses.WriteOwn
	uploading := func(o httpapi.Op) httpapi.Op {
		o.Status, o.MaxBody = http.StatusCreated, file.MaxScanBytes+1<<19
		return o
	}
	httpapi.Handle(api, uploading(op("expenses-drop-receipt", http.MethodPost, "/expenses/receipts", "Make a draft expense of a receipt", own)), h.drop)
	httpapi.Handle(api, uploading(op("expenses-attach-receipt", http.MethodPost, "/expenses/{id}/receipts", "Add a receipt to an expense", own)), h.attach)
	httpapi.Handle(api, op("expenses-receipt", http.MethodGet, "/expenses/{id}/receipts/{receipt_id}", "The file of a receipt", own), h.receipt)
	httpapi.Handle(api, empty(op("expenses-detach-receipt", http.MethodDelete, "/expenses/{id}/receipts/{receipt_id}", "Take a receipt off an expense", own)), h.detach)
}

type (
	receiptForm struct {
		File huma.FormFile `form:"file" required:"true"`
	}
	dropIn struct {
		RawBody huma.MultipartFormFiles[receiptForm]
	}
	attachIn struct {
		IDIn
		RawBody huma.MultipartFormFiles[receiptForm]
	}
	receiptIn struct {
		IDIn
		ReceiptID string `path:"receipt_id" format:"uuid"`
		Small     bool   `query:"small" doc:"The small picture, where there is one"`
	}
	detachIn struct {
		IDIn
		ReceiptID string `path:"receipt_id" format:"uuid"`
	}
	receiptOut struct {
		ContentType        string `header:"Content-Type"`
		ContentDisposition string `header:"Content-Disposition"`
		CacheControl       string `header:"Cache-Control"`
		ContentPolicy      string `header:"Content-Security-Policy"`
		Body               []byte
	}
)

func (h handlers) drop(ctx context.Context, in *dropIn) (*expenseOut, error) {
	f := in.RawBody.Data().File
	return answer(h.svc.Drop(ctx, expenses.Upload{Name: f.Filename, Body: f}))
}

func (h handlers) attach(ctx context.Context, in *attachIn) (*expenseOut, error) {
	f := in.RawBody.Data().File
	return answer(h.svc.Attach(ctx, in.ID, expenses.Upload{Name: f.Filename, Body: f}))
}

// receipt shows the file in the browser: it is a picture or a PDF by its bytes,
// and the policy lets nothing in it run.
func (h handlers) receipt(ctx context.Context, in *receiptIn) (*receiptOut, error) {
	f, err := h.svc.Receipt(ctx, in.ID, in.ReceiptID, in.Small)
	if err != nil {
		return nil, err
	}
	return &receiptOut{
		ContentType: f.ContentType, ContentDisposition: mime.FormatMediaType("inline", map[string]string{"filename": f.Name}),
		CacheControl: "private, max-age=86400, immutable", ContentPolicy: "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox", Body: f.Data,
	}, nil
}

func (h handlers) detach(ctx context.Context, in *detachIn) (*struct{}, error) {
	return nil, h.svc.Detach(ctx, in.ID, in.ReceiptID)
}
