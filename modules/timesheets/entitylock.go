package timesheets

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/tenancy"
)

// EntityLock is the day up to which the time is closed that a legal entity invoices.
type EntityLock struct {
	Lock

	EntityID string
}

// EntityClosing closes the time of a legal entity up to a day, or opens what lies after it; the zero day opens all.
type EntityClosing struct {
	EntityID string
	Through  day.Date
}

// Clientele are the clients of a legal entity: some of them, or all but some.
type Clientele struct {
	All    bool // everybody's time, also what is for nobody
	But    bool // all but these
	Client []string
}

const maxEntityLocks = 100

// EntityGrace closes the time that a legal entity invoices by itself, besides what closes for everybody.
type EntityGrace struct {
	Grace

	EntityID string
}

// close applies ch to what legal entities have closed. Opening needs a reason: what is closed today says what opens.
func (s *Settings) close(ch SettingsChange, today []EntityLock, by string, now time.Time) error {
	s.Entities, s.Graces = slices.Clone(s.Entities), slices.Clone(s.Graces)
	for _, want := range ch.Entities {
		of := func(l EntityLock) bool { return l.EntityID == want.EntityID }
		var was day.Date
		if i := slices.IndexFunc(today, of); i >= 0 {
			was = today[i].Through
		}
		if !was.IsZero() && want.Through.Before(was) {
			if strings.TrimSpace(ch.Reason) == "" {
				return ErrNoReason
			}
			for i := range s.Graces {
				if s.Graces[i].EntityID == want.EntityID {
					s.Graces[i].After = was // or the rule would close the same days again at once
				}
			}
		}
		s.Entities = slices.DeleteFunc(s.Entities, of)
		if !want.Through.IsZero() {
			s.Entities = append(s.Entities, EntityLock{Lock{Through: want.Through, By: by, At: &now}, want.EntityID})
		}
	}
	if len(s.Entities) > maxEntityLocks {
		return ErrBadSettings.At("body.entity_locks", "are more than 100")
	}
	return nil
}

// graces applies ch to the rules by which legal entities close. One that is off stays: it knows what it must not close again.
func graces(rules []EntityGrace, ch SettingsChange) ([]EntityGrace, error) {
	rules = slices.Clone(rules)
	for i, want := range ch.Graces {
		if err := want.check(fmt.Sprintf("body.entity_graces[%d].grace.days", i)); err != nil {
			return nil, err
		}
		at := slices.IndexFunc(rules, func(g EntityGrace) bool { return g.EntityID == want.EntityID })
		if at < 0 {
			if at = len(rules); !want.On {
				continue
			}
			rules = append(rules, EntityGrace{EntityID: want.EntityID})
		}
		rules[at].On, rules[at].Days, rules[at].Every = want.On, want.Days, want.Every
	}
	if len(rules) > maxEntityLocks {
		return nil, ErrBadSettings.At("body.entity_graces", "are more than 100")
	}
	return rules, nil
}

// knownEntities refuses legal entities that are not there, or are named twice.
func (s *Service) knownEntities(ctx context.Context, tx *tenancy.Tx, ch SettingsChange) error {
	if len(ch.Entities)+len(ch.Graces) == 0 {
		return nil
	}
	known, err := s.invoicedTx(ctx, tx)
	if err != nil {
		return err
	}
	named := map[string][]string{}
	for _, c := range ch.Entities {
		named["entity_locks"] = append(named["entity_locks"], c.EntityID)
	}
	for _, g := range ch.Graces {
		named["entity_graces"] = append(named["entity_graces"], g.EntityID)
	}
	for list, ids := range named {
		for i, entityID := range ids {
			at := fmt.Sprintf("body.%s[%d].entity_id", list, i)
			if known.Names[entityID] == "" {
				return ErrBadSettings.At(at, "is not a legal entity")
			}
			if slices.Contains(ids[:i], entityID) {
				return ErrBadSettings.At(at, "is there twice")
			}
		}
	}
	return nil
}

func (s *Service) invoicedTx(ctx context.Context, tx *tenancy.Tx) (Invoiced, error) {
	if s.d.Invoicers == nil {
		return Invoiced{}, nil
	}
	return s.d.Invoicers.InvoicedTx(ctx, tx)
}

// of is the legal entity that invoices a client.
func (i Invoiced) of(clientID string) string {
	if by := i.By[clientID]; by != "" {
		return by
	}
	return i.Default
}

// lock is what is closed for the time of a client: for everybody, or for its legal entity if that is a later day.
func (c conditions) lock(clientID string) Lock {
	return c.lockOf(c.invoiced.of(clientID))
}

func (c conditions) lockOf(entityID string) Lock {
	l := c.settings.Lock
	for _, e := range c.settings.Entities {
		if e.EntityID == entityID && e.Through.After(l.Through) {
			l = e.Lock
			l.Entity = c.invoiced.Names[entityID]
		}
	}
	return l
}

// open leaves out the entries that are closed.
func (c conditions) open(entries []Entry) []Entry {
	if len(c.settings.Entities) == 0 && c.settings.Lock.Through.IsZero() {
		return entries
	}
	return slices.DeleteFunc(slices.Clone(entries), func(e Entry) bool { return c.lock(e.ClientID).Locks(e.Day) })
}

// MovesTx refuses that what one legal entity invoices goes over to another, where time that is closed would be open again. Empty is the default one.
func (s *Service) MovesTx(ctx context.Context, tx *tenancy.Tx, from, to, field string) error {
	c, err := s.conditions(ctx, tx)
	if err != nil || len(c.settings.Entities) == 0 {
		return err
	}
	entity := func(id string) string {
		if id == "" {
			return c.invoiced.Default
		}
		return id
	}
	was, is := c.lockOf(entity(from)), c.lockOf(entity(to))
	if !is.Through.Before(was.Through) {
		return nil
	}
	return ErrLocked.Saying("Time of %s is closed up to %s. It would be open again under another legal entity: close that one up to the same day first.",
		was.Entity, was.Through.Format("2 January 2006")).At(field, "has time open that is closed")
}

// clientele are the clients of a legal entity; all without one.
func (i Invoiced) clientele(entityID string) Clientele {
	if entityID == "" {
		return Clientele{All: true}
	}
	c := Clientele{But: entityID == i.Default, Client: []string{}}
	for client, by := range i.By {
		if (by == entityID) != c.But {
			c.Client = append(c.Client, client)
		}
	}
	return c
}
