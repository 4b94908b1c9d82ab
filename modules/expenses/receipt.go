package expenses

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"path"
	"strings"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/file"
	"github.com/bureauhq/bureau/tenancy"
)

// Faults of receipts.
var (
	ErrNoReceipt       = fault.Define(fault.NotFound, "expenses.receipt_not_found", "This receipt does not exist.")
	ErrTooManyReceipts = fault.Define(fault.Invalid, "expenses.too_many_receipts", "An expense has at most 20 receipts.").At("body.file", "is one too many")
)

const maxReceipts = 20

// Receipt is a file that proves an expense.
type Receipt struct {
	ID          string
	ExpenseID   string
	Key         string
	ThumbKey    string // empty: none can be made
	Name        string
	ContentType string
	Size        int64
	SHA256      string
	CreatedAt   time.Time
	CreatedBy   string
}

// Upload is a file as it came in.
type Upload struct {
	Name string
	Body io.Reader
}

// File is a kept file on its way out.
type File struct {
	Name        string
	ContentType string
	Data        []byte
}

// Drop keeps a file as a new draft expense with that receipt.
func (s *Service) Drop(ctx context.Context, up Upload) (e Expense, err error) {
	r, err := s.keep(ctx, up)
	if err != nil {
		return e, err
	}
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		h, err := s.d.House.HouseTx(ctx, tx)
		if err != nil {
			return err
		}
		if e, err = s.fresh(ctx, h, ByReceipt); err != nil {
			return err
		}
		if err := e.figure(h.Currency); err != nil {
			return err
		}
		if err := s.d.House.OpenTx(ctx, tx, "body.file", e.dated()); err != nil {
			return err
		}
		r.ExpenseID, r.CreatedAt, r.CreatedBy = e.ID, e.CreatedAt, e.MemberID
		e.Receipts = []Receipt{r}
		if err := s.d.Store.Add(ctx, tx, e); err != nil {
			return err
		}
		if err := s.d.Store.AddReceipt(ctx, tx, r); err != nil {
			return err
		}
		return s.note(ctx, tx, "expense_added", "", nil, e, ExpenseAdded{eventOf(e)})
	})
	return e, s.orForget(ctx, r, err)
}

// Attach adds a receipt to an expense of the caller's.
func (s *Service) Attach(ctx context.Context, id string, up Upload) (e Expense, err error) {
	// Before the file is kept, so that nobody fills the store with what is refused.
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		_, err := s.readable(ctx, tx, id, false)
		return err
	})
	if err != nil {
		return e, err
	}
	r, err := s.keep(ctx, up)
	if err != nil {
		return e, err
	}
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		before, err := s.own(ctx, tx, id)
		if err != nil {
			return err
		}
		if len(before.Receipts) >= maxReceipts {
			return ErrTooManyReceipts
		}
		r.ExpenseID, r.CreatedAt, r.CreatedBy = id, s.now(), access.From(ctx).MemberID
		if err := s.d.Store.AddReceipt(ctx, tx, r); err != nil {
			return err
		}
		e = before
		e.Receipts = append(e.Receipts, r)
		return s.touch(ctx, tx, "receipt_added", before, &e)
	})
	return e, s.orForget(ctx, r, err)
}

// Detach takes a receipt off an expense of the caller's. Its file goes too.
func (s *Service) Detach(ctx context.Context, id, receiptID string) error {
	var gone Receipt
	err := s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		before, err := s.own(ctx, tx, id)
		if err != nil {
			return err
		}
		if gone, err = before.receipt(receiptID); err != nil {
			return err
		}
		if err := s.d.Store.RemoveReceipt(ctx, tx, gone); err != nil {
			return err
		}
		e := before
		e.Receipts = nil
		for _, r := range before.Receipts {
			if r.ID != receiptID {
				e.Receipts = append(e.Receipts, r)
			}
		}
		return s.touch(ctx, tx, "receipt_removed", before, &e)
	})
	if err != nil {
		return err
	}
	return s.forget(ctx, gone)
}

// touch makes a new version of an expense whose receipts changed, and looks at the policy again.
func (s *Service) touch(ctx context.Context, tx *tenancy.Tx, action string, before Expense, e *Expense) error {
	if err := s.d.House.OpenTx(ctx, tx, "path.id", e.dated()); err != nil {
		return err
	}
	h, err := s.d.House.HouseTx(ctx, tx)
	if err != nil {
		return err
	}
	if e.Findings, err = s.findings(ctx, tx, *e, h); err != nil {
		return err
	}
	e.Version, e.UpdatedAt = before.Version+1, s.now()
	if err := s.d.Store.Save(ctx, tx, *e); err != nil {
		return err
	}
	return s.note(ctx, tx, action, "", &before, *e, ExpenseChanged{eventOf(*e)})
}

// Receipt reads a receipt's file, or its small picture. Who may not see the expense sees no file.
func (s *Service) Receipt(ctx context.Context, id, receiptID string, small bool) (f File, err error) {
	var r Receipt
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		e, err := s.readable(ctx, tx, id, false)
		if err != nil {
			return err
		}
		r, err = e.receipt(receiptID)
		return err
	})
	if err != nil {
		return f, err
	}
	key := r.Key
	f = File{Name: r.Name, ContentType: r.ContentType}
	if small && r.ThumbKey != "" {
		key, f.ContentType = r.ThumbKey, "image/jpeg"
	}
	f.Data, err = s.d.Files.Read(ctx, key)
	return f, err
}

// ReceiptsOnTx lists the receipts of the expenses on an invoice, for its mail.
func (s *Service) ReceiptsOnTx(ctx context.Context, tx *tenancy.Tx, invoiceID string) ([]Receipt, error) {
	all, err := s.d.Store.List(ctx, tx, Filter{InvoiceID: invoiceID})
	if err != nil || len(all) == 0 {
		return nil, err
	}
	ids := make([]string, len(all))
	for n, e := range all {
		ids[n] = e.ID
	}
	return s.d.Store.ReceiptsOf(ctx, tx, ids)
}

func (e Expense) receipt(id string) (Receipt, error) {
	for _, r := range e.Receipts {
		if r.ID == id {
			return r, nil
		}
	}
	return Receipt{}, ErrNoReceipt
}

// keep looks at a file, refuses what is no receipt, and stores it beside its small picture.
func (s *Service) keep(ctx context.Context, up Upload) (Receipt, error) {
	doc, err := file.Scan(up.Body)
	if err != nil {
		return Receipt{}, err
	}
	a, err := tenancy.From(ctx)
	if err != nil {
		return Receipt{}, err
	}
	sum := sha256.Sum256(doc.Data)
	r := Receipt{
		ID: s.d.NewID(), Name: nameOf(up.Name, doc.Extension), ContentType: doc.ContentType, Size: int64(len(doc.Data)), SHA256: hex.EncodeToString(sum[:]),
	}
	r.Key = file.Key(a.ID, "receipts", r.ID+doc.Extension)
	if err := s.d.Files.Put(ctx, r.Key, doc.ContentType, bytes.NewReader(doc.Data), r.Size); err != nil {
		return Receipt{}, err
	}
	if len(doc.Thumbnail) == 0 {
		return r, nil
	}
	r.ThumbKey = file.Key(a.ID, "receipts", r.ID+"-small.jpg")
	err = s.d.Files.Put(ctx, r.ThumbKey, "image/jpeg", bytes.NewReader(doc.Thumbnail), int64(len(doc.Thumbnail)))
	return r, s.orForget(ctx, r, err)
}

// nameOf is the name that a file is shown and sent under: its own, without a way to it, and with the ending of what it is.
func nameOf(name, extension string) string {
	name = path.Base(strings.ReplaceAll(strings.TrimSpace(name), `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, strings.TrimSuffix(name, path.Ext(name)))
	if name == "" || name == "." || name == "/" {
		name = "receipt"
	}
	if r := []rune(name); len(r) > 100 {
		name = string(r[:100])
	}
	return name + extension
}

// orForget removes the file of a receipt that could not be kept.
func (s *Service) orForget(ctx context.Context, r Receipt, err error) error {
	if err == nil {
		return nil
	}
	_ = s.forget(context.WithoutCancel(ctx), r) // what stays behind belongs to nobody and is small
	return err
}

func (s *Service) forget(ctx context.Context, r Receipt) error {
	for _, key := range []string{r.Key, r.ThumbKey} {
		if key == "" {
			continue
		}
		if err := s.d.Files.Delete(ctx, key); err != nil {
			return err
		}
	}
	return nil
}
