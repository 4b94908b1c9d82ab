import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useRef, useState } from 'react';
import { useApprovalsDecideMutation, useTimesheetsApproveMutation, useTimesheetsDecideMutation, useTimesheetsUndoMutation, type TimesheetLine } from '../../../shared/api/gen/time.gen';
import { useFeed } from '../../../shared/api/infinite';
import { codeOf } from '../../../shared/api/problem';
import { useKey, useParam } from '../../../shared/lib/hooks';
import { FilterBar } from '../../../shared/ui/filters';
import { EmptyState, ErrorState, Section, SkeletonRows } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { later } from '../../../shared/ui/later';
import { useWaitingFeedInfiniteQuery } from '../api';
import { useNames, useStaffOptions, type Back } from '../model';
import { useT } from '../locales/en';
import { BulkBar } from './BulkBar';
import { Week } from './Week';

const BackDialog = later(async () => (await import('./BackDialog')).BackDialog);
const BackManyDialog = later(async () => (await import('./BackManyDialog')).BackManyDialog);
const OwnDialog = later(async () => (await import('./OwnDialog')).OwnDialog);

/** The weeks that wait: look, approve or send back; whole or line by line, alone or many at once. */
export function Waiting() {
  const t = useT();
  const nameOf = useNames();
  const staff = useStaffOptions();
  const [scope, setScope] = useParam('scope');
  const [member, setMember] = useParam('member');
  const [from, setFrom] = useParam('from');
  const [to, setTo] = useParam('to');
  const [open, setOpen] = useParam('open');
  const list = useFeed(useWaitingFeedInfiniteQuery({ scope: scope === 'all' ? 'all' : 'mine', memberId: member || undefined, from: from || undefined, to: to || undefined }));
  const [approve] = useTimesheetsApproveMutation();
  const [decideMany] = useApprovalsDecideMutation();
  const [decide] = useTimesheetsDecideMutation();
  const [undo] = useTimesheetsUndoMutation();
  const [picked, setPicked] = useState<string[]>([]);
  const [back, setBack] = useState<Back | null>(null);
  const [backMany, setBackMany] = useState<TimesheetLine[] | null>(null);
  const [own, setOwn] = useState<TimesheetLine | null>(null);
  const [busy, setBusy] = useState<string[]>([]);
  const items = list.rows ?? [];
  const name = (s: TimesheetLine) => nameOf(s.member_id, t('someone'));
  const chosen = items.filter((s) => picked.includes(s.id));
  const filtered = Boolean(member || from || to);

  const takeBack = (ids: string[]) => () => void Promise.all(ids.map((id) => undo({ id }).unwrap())).catch(toast.failed);
  const run = async (sheets: TimesheetLine[]) => {
    setBusy(sheets.map((s) => s.id));
    try {
      const [only] = sheets;
      if (sheets.length === 1 && only) {
        await approve({ id: only.id, 'If-Match': `"${only.version}"`, approveInput: {} }).unwrap();
        toast(t('approved', { count: 1 }), { undo: takeBack([only.id]) });
      } else {
        const done = await decideMany({ decideManyInput: { decision: 'approve', items: sheets.map((s) => ({ id: s.id, version: s.version })) } }).unwrap();
        const ids = done.items.flatMap((x) => (x.timesheet ? [x.id] : []));
        const undoing = ids.length > 0 ? { undo: takeBack(ids) } : {};
        if (done.failed === 0) toast(t('approved', { count: done.done }), undoing);
        else toast(t('some', { done: done.done, failed: done.failed, why: done.items.find((x) => x.problem)?.problem?.detail ?? '' }), { tone: 'error', ...undoing });
      }
      setPicked([]);
    } catch (e) {
      if (codeOf(e) === 'timesheets.own_sheet_reason') setOwn(sheets[0] ?? null);
      else toast.failed(e);
    }
    setBusy([]);
  };
  const approveLines = (s: TimesheetLine) => (entryIds: string[]) =>
    void decide({ id: s.id, 'If-Match': `"${s.version}"`, decideInput: { approve: entryIds } }).unwrap()
      .then(() => toast(t('approvedLines', { count: entryIds.length }), { undo: takeBack([s.id]) }), toast.failed);

  const rows = useRef<HTMLUListElement>(null);
  const focused = () => items.findIndex((s) => s.id === document.activeElement?.closest<HTMLElement>('[data-sheet]')?.dataset.sheet);
  const move = (by: number) => {
    const at = Math.min(items.length - 1, Math.max(0, focused() + by));
    rows.current?.querySelector<HTMLElement>(`[data-sheet="${items[at]?.id}"] [data-main]`)?.focus();
  };
  const here = (fn: (s: TimesheetLine) => void) => () => {
    const s = items[focused()];
    if (s) fn(s);
  };
  const toggle = (s: TimesheetLine) => setPicked((p) => (p.includes(s.id) ? p.filter((x) => x !== s.id) : [...p, s.id]));
  useKey('j', () => move(1));
  useKey('k', () => move(-1));
  useKey('x', here(toggle));
  useKey('a', here((s) => void run([s])));
  useKey('r', here((s) => setBack({ sheet: s })));

  return (
    <>
      <FilterBar
        filters={[
          { key: 'scope', label: t('scope.label'), any: t('scope.mine'), value: scope, onChange: setScope, options: [{ value: 'all', label: t('scope.all') }] },
          { key: 'member', label: t('decided.person'), value: member, onChange: setMember, options: staff },
          { key: 'from', kind: 'date', label: t('decided.from'), value: from, onChange: setFrom },
          { key: 'to', kind: 'date', label: t('decided.to'), value: to, onChange: setTo },
        ]}
      />
      {list.error ? (
        <ErrorState error={list.error} onRetry={list.onRetry} />
      ) : list.rows === undefined ? (
        <SkeletonRows label={t('list')} rows={5} rowHeight={72} />
      ) : items.length === 0 ? (
        <Section><EmptyState title={t(filtered ? 'decided.none' : 'empty')} text={filtered ? undefined : t('emptyText')} /></Section>
      ) : (
        <>
          <Section pad={false}>
            <Box component="ul" ref={rows} aria-label={t('list')} sx={{ m: 0, p: 0, listStyle: 'none', '& > li + li': { borderTop: 1, borderColor: 'divider' } }}>
              {items.map((s) => (
                <Week
                  key={s.id} sheet={s} name={name(s)} picked={picked.includes(s.id)} open={open === s.id} busy={busy.includes(s.id)}
                  onPick={() => toggle(s)} onOpen={() => setOpen(open === s.id ? '' : s.id)} onApprove={() => void run([s])}
                  onBack={(entryIds) => setBack({ sheet: s, entryIds })} onApproveLines={approveLines(s)}
                />
              ))}
            </Box>
          </Section>
          {list.hasMore && <Box sx={{ textAlign: 'center' }}><Button loading={list.loadingMore} onClick={list.onMore}>{t('decided.more')}</Button></Box>}
          <Typography variant="body2" sx={{ color: 'text.secondary', display: { xs: 'none', md: 'block' } }}>{t('keys')}</Typography>
        </>
      )}
      {chosen.length > 0 && (
        <BulkBar count={chosen.length} all={items.length} busy={busy.length > 0} onApprove={() => void run(chosen)} onBack={() => setBackMany(chosen)} onAll={() => setPicked(items.filter((s) => !s.own).map((s) => s.id))} onClear={() => setPicked([])} />
      )}
      {back && <BackDialog back={back} name={name(back.sheet)} onClose={() => setBack(null)} />}
      {backMany && <BackManyDialog sheets={backMany} onClose={() => setBackMany(null)} onDone={() => setPicked([])} />}
      {own && <OwnDialog sheet={own} onClose={() => setOwn(null)} />}
    </>
  );
}
