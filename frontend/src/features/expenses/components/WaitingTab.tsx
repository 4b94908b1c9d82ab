import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Checkbox from '@mui/material/Checkbox';
import Typography from '@mui/material/Typography';
import { useRef, useState } from 'react';
import { useExpensesApproveMutation, type ExpenseView } from '../../../shared/api/gen/expenses.gen';
import { useFeed } from '../../../shared/api/infinite';
import { useStaff } from '../../../shared/api/members';
import { codeOf, problemText } from '../../../shared/api/problem';
import { formatDay } from '../../../shared/lib/dates';
import { useKey } from '../../../shared/lib/hooks';
import { useMe } from '../../../shared/lib/me';
import { Money, StatusChip } from '../../../shared/ui/small';
import { EmptyState, ErrorState, Section, SkeletonRows } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { later } from '../../../shared/ui/later';
import { useExpensesFeedInfiniteQuery } from '../api';
import { useT } from '../locales/en';
import { ifMatch } from '../model';
import { useWhat, What } from './parts';

const BackDialog = later(async () => (await import('./Decisions')).BackDialog);
const OwnDialog = later(async () => (await import('./Decisions')).OwnDialog);

type Result = { id: string; text: string; ok: boolean };

/** What waits for a decision, alone or many at once; what became of each is told. */
export function WaitingTab({ onOpen }: { onOpen: (id: string) => void }) {
  const t = useT();
  const what = useWhat();
  const me = useMe();
  const { nameOf } = useStaff();
  const list = useFeed(useExpensesFeedInfiniteQuery({ state: ['submitted'] }));
  const [approve] = useExpensesApproveMutation();
  const [picked, setPicked] = useState<string[]>([]);
  const [busy, setBusy] = useState<string[]>([]);
  const [results, setResults] = useState<Result[]>([]);
  const [back, setBack] = useState<ExpenseView | null>(null);
  const [own, setOwn] = useState<ExpenseView | null>(null);
  const items = list.rows ?? [];
  const chosen = items.filter((e) => picked.includes(e.id));
  const called = (e: ExpenseView) => `${nameOf(e.member_id) || t('someone')}, ${what(e)}`;

  const run = async (all: ExpenseView[]) => {
    setBusy(all.map((e) => e.id));
    const told: Result[] = [];
    for (const e of all) {
      try {
        await approve({ id: e.id, 'If-Match': ifMatch(e.version), expenseApproval: {} }).unwrap();
        told.push({ id: e.id, ok: true, text: t('approve.okay', { what: called(e) }) });
      } catch (x) {
        if (codeOf(x) === 'expenses.own_reason') setOwn(e);
        else told.push({ id: e.id, ok: false, text: t('approve.failed', { what: called(e), why: problemText(x) }) });
      }
    }
    setBusy([]);
    setPicked([]);
    setResults(told.some((r) => !r.ok) ? told : []);
    const done = told.filter((r) => r.ok).length;
    if (done > 0) toast(t('approve.done', { count: done }));
  };

  const rows = useRef<HTMLUListElement>(null);
  const focused = () => items.findIndex((e) => e.id === document.activeElement?.closest<HTMLElement>('[data-expense]')?.dataset.expense);
  const move = (by: number) => rows.current?.querySelector<HTMLElement>(`[data-expense="${items[Math.min(items.length - 1, Math.max(0, focused() + by))]?.id}"] [data-main]`)?.focus();
  const here = (fn: (e: ExpenseView) => void) => () => {
    const e = items[focused()];
    if (e) fn(e);
  };
  const toggle = (e: ExpenseView) => setPicked((p) => (p.includes(e.id) ? p.filter((x) => x !== e.id) : [...p, e.id]));
  useKey('j', () => move(1));
  useKey('k', () => move(-1));
  useKey('x', here(toggle));
  useKey('a', here((e) => void run([e])));
  useKey('r', here(setBack));

  if (list.error) return <ErrorState error={list.error} onRetry={list.onRetry} />;
  if (!list.rows) return <SkeletonRows label={t('approve.list')} rows={5} rowHeight={64} />;
  return (
    <>
      {results.length > 0 && (
        <Alert severity="warning" sx={{ mb: 4 }} onClose={() => setResults([])} aria-label={t('approve.results')}>
          {results.map((r) => <div key={r.id}>{r.text}</div>)}
        </Alert>
      )}
      {items.length === 0 ? <Section><EmptyState title={t('approve.empty')} text={t('approve.emptyText')} /></Section> : (
        <>
          <Box sx={{ minHeight: { xs: 0, sm: 44 }, mb: 2 }}>{chosen.length > 0 && <Button variant="contained" loading={busy.length > 0} onClick={() => void run(chosen)}>{t('approve.selected', { count: chosen.length })}</Button>}</Box>
          <Section pad={false}>
            <Box component="ul" ref={rows} aria-label={t('approve.list')} sx={{ m: 0, p: 0, listStyle: 'none', '& > li + li': { borderTop: 1, borderColor: 'divider' } }}>
              {items.map((e) => (
                <Box component="li" key={e.id} data-expense={e.id} sx={{ display: 'flex', alignItems: 'center', columnGap: 2, px: { xs: 2, sm: 3 }, py: 2, flexWrap: { xs: 'wrap', md: 'nowrap' } }}>
                  <Checkbox checked={picked.includes(e.id)} onChange={() => toggle(e)} slotProps={{ input: { 'aria-label': t('approve.pick', { what: called(e) }) } }} />
                  <Box component="button" type="button" data-main onClick={() => onOpen(e.id)} sx={{ all: 'unset', cursor: 'pointer', flex: 1, minWidth: 0, borderRadius: 1, '&:focus-visible': { outline: '2px solid', outlineColor: 'primary.main', outlineOffset: 2 } }}>
                    <Typography component="span" noWrap sx={{ display: 'block', fontWeight: 560 }}><What expense={e} /></Typography>
                    <Typography component="span" variant="body2" noWrap sx={{ display: 'block', color: 'text.secondary' }}>{[nameOf(e.member_id) || t('someone'), formatDay(e.day), e.project_code].filter(Boolean).join(' · ')}</Typography>
                  </Box>
                  {e.member_id === me?.member_id && <StatusChip label={t('approve.own')} />}
                  <Typography component="span" sx={{ fontWeight: 560, minWidth: 96, textAlign: 'end' }}><Money value={e.gross} /></Typography>
                  <Box sx={{ display: 'flex', gap: 1, justifyContent: 'flex-end', width: { xs: '100%', md: 'auto' } }}>
                    <Button size="small" onClick={() => setBack(e)}>{t('act.back')}</Button>
                    <Button size="small" variant="outlined" loading={busy.includes(e.id)} onClick={() => void run([e])}>{t('act.approve')}</Button>
                  </Box>
                </Box>
              ))}
            </Box>
          </Section>
          <Typography variant="body2" sx={{ color: 'text.secondary', display: { xs: 'none', md: 'block' } }}>{t('approve.keys')}</Typography>
        </>
      )}
      {back && <BackDialog expense={back} onClose={() => setBack(null)} />}
      {own && <OwnDialog expense={own} onClose={() => setOwn(null)} />}
    </>
  );
}
