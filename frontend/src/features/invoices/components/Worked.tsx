import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { useFeed } from '../../../shared/api/infinite';
import { formatDay } from '../../../shared/lib/dates';
import { formatDuration } from '../../../shared/lib/duration';
import { useCan } from '../../../shared/lib/me';
import { formatMoney } from '../../../shared/lib/money';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { later } from '../../../shared/ui/later';
import { Duration, Money, StatusChip } from '../../../shared/ui/small';
import { EmptyState, Section } from '../../../shared/ui/states';
import { useInvoiceEntriesFeedInfiniteQuery, type InvoiceEntry, type InvoiceLineView, type InvoiceView } from '../api';
import { useT } from '../locales/en';

const WriteDialog = later(async () => (await import('./WriteDialog')).WriteDialog);

// As many as leave what stands below in sight.
const first = 6;

/** What the time on an invoice is worth and what is billed of it. Nothing of this is on the paper. */
export function Worked({ invoice: i, blocked }: { invoice: InvoiceView; blocked?: boolean }) {
  const t = useT();
  const [all, setAll] = useState(false);
  const lines = i.lines.filter((l) => l.entries > 0);
  if (lines.length === 0) return null;
  const few = all || lines.length <= first + 1 ? lines : lines.slice(0, first);
  return (
    <Section title={t('worked.title')}>
      <Typography variant="body2" sx={{ color: 'text.secondary', mb: 3 }}>{t('worked.about')}</Typography>
      {few.map((l) => <TimeLine key={l.id} invoice={i} line={l} blocked={blocked ?? false} />)}
      {few.length < lines.length && <Button size="small" onClick={() => setAll(true)}>{t('worked.all', { count: lines.length })}</Button>}
    </Section>
  );
}

function TimeLine({ invoice: i, line: l, blocked }: { invoice: InvoiceView; line: InvoiceLineView; blocked: boolean }) {
  const t = useT();
  const writes = useCan()('invoicing.invoices.review') && i.state === 'draft';
  const [open, setOpen] = useState(false);
  const [writing, setWriting] = useState<InvoiceEntry | 'line' | null>(null);
  return (
    <Box role="group" aria-label={l.description} sx={{ borderTop: 1, borderColor: 'divider', py: 3 }}>
      <Box sx={{ display: 'flex', gap: 3, flexWrap: 'wrap', alignItems: 'center' }}>
        <Box sx={{ flex: '1 1 220px', minWidth: 0 }}>
          <Typography sx={{ fontWeight: 560 }} className="said">{l.description}</Typography>
          <Typography variant="body2" sx={{ color: 'text.secondary' }}>
            {t('worked.line', { raw: formatDuration(l.raw_seconds), standard: formatMoney(l.standard), hours: formatDuration(l.seconds), billed: formatMoney(l.amount) })}
          </Typography>
        </Box>
        {l.written > 0 && <StatusChip label={t('worked.written', { count: l.written })} tone="warning" />}
        <Button size="small" aria-expanded={open} onClick={() => setOpen(!open)}>{t(open ? 'worked.hide' : 'worked.show', { count: l.entries })}</Button>
        {writes && <Button size="small" variant="outlined" disabled={blocked} aria-label={t('worked.writeOf', { what: l.description })} onClick={() => setWriting('line')}>{t('worked.write')}</Button>}
      </Box>
      {open && <Entries id={i.id} line={l.id} onWrite={writes && !blocked ? setWriting : undefined} />}
      {writing && <WriteDialog invoice={i} line={l} entry={writing === 'line' ? null : writing} onClose={() => setWriting(null)} />}
    </Box>
  );
}

function Entries({ id, line, onWrite }: { id: string; line: string; onWrite: ((e: InvoiceEntry) => void) | undefined }) {
  const t = useT();
  const list = useFeed<InvoiceEntry>(useInvoiceEntriesFeedInfiniteQuery({ id, lineId: line }));
  const why = (e: InvoiceEntry) => (e.written ? [e.reason, e.write_note, e.written_by].filter(Boolean).join(' · ') : '');
  const columns: Column<InvoiceEntry>[] = [
    { key: 'who', header: t('worked.who'), width: 'minmax(0, 2fr)', cell: (e) => [e.day && formatDay(e.day), e.member_name].filter(Boolean).join(' · ') },
    { key: 'raw', header: t('worked.raw'), width: '80px', numeric: true, cell: (e) => <Duration seconds={e.raw_seconds} /> },
    { key: 'hours', header: t('worked.billedHours'), width: '80px', numeric: true, from: 'md', cell: (e) => <Duration seconds={e.billed_seconds} /> },
    { key: 'standard', header: t('worked.standard'), width: '110px', numeric: true, cell: (e) => <Money value={e.standard} /> },
    { key: 'billed', header: t('worked.billed'), width: '110px', numeric: true, cell: (e) => <Money value={e.billed} /> },
    { key: 'difference', header: t('worked.difference'), width: '110px', numeric: true, from: 'lg', cell: (e) => <Money value={e.difference} /> },
  ];
  return (
    <Box sx={{ mt: 2 }}>
      <DataTable
        {...list}
        label={t('worked.entries')}
        columns={columns}
        getId={(e) => `${e.entry_id} ${e.part}`}
        nameOf={(e) => `${e.member_name} ${e.day ? formatDay(e.day) : ''}`}
        actions={(e) => (
          <Box sx={{ display: 'flex', gap: 2, alignItems: 'center', minWidth: 0 }}>
            {e.written && <StatusChip label={e.reason} tone="warning" />}
            {onWrite && <Button size="small" onClick={() => onWrite(e)}>{t('worked.change')}</Button>}
          </Box>
        )}
        actionsWidth="230px"
        card={(e) => <CardRow title={[e.day && formatDay(e.day), e.member_name].filter(Boolean).join(' · ')} end={<Money value={e.billed} />} sub={[e.billed_seconds === e.raw_seconds ? formatDuration(e.raw_seconds) : t('worked.asBilled', { raw: formatDuration(e.raw_seconds), billed: formatDuration(e.billed_seconds) }), formatMoney(e.standard), e.note].filter(Boolean).join(' · ')} below={why(e)} />}
        empty={<EmptyState title={t('worked.none')} />}
      />
    </Box>
  );
}
