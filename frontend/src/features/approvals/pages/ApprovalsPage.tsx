import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useRef, useState } from 'react';
import { useApprovalsListQuery, useTimesheetsApproveMutation, type TimesheetLine } from '../../../shared/api/gen/time.gen';
import { codeOf, problemText } from '../../../shared/api/problem';
import { useKey, useParam, useTab } from '../../../shared/lib/hooks';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { EmptyState, ErrorState, Section, SkeletonRows } from '../../../shared/ui/states';
import { TabBar } from '../../../shared/ui/TabBar';
import { toast } from '../../../shared/ui/Toast';
import { later } from '../../../shared/ui/later';
import { Week } from '../components/Week';
import { useNames, type Back } from '../model';
import { useT } from '../locales/en';

const BackDialog = later(async () => (await import('../components/BackDialog')).BackDialog);
const Decided = later(async () => (await import('../components/Decided')).Decided, <Box aria-busy="true" sx={{ height: 400 }} />);
const OwnDialog = later(async () => (await import('../components/OwnDialog')).OwnDialog);

const tabs = ['waiting', 'approved', 'rejected'] as const;

/** The weeks that wait for a decision: look, approve or send back; alone or many at once. Beside them those that have one. */
export function ApprovalsPage() {
  const t = useT();
  const [tab, setTab] = useTab(tabs);
  const waiting = tab === 'waiting';
  const list = useApprovalsListQuery({ limit: 100 });
  const nameOf = useNames();
  const [approve] = useTimesheetsApproveMutation();
  const [picked, setPicked] = useState<string[]>([]);
  const [open, setOpen] = useParam('open');
  const [back, setBack] = useState<Back | null>(null);
  const [own, setOwn] = useState<TimesheetLine | null>(null);
  const [busy, setBusy] = useState<string[]>([]);
  const items = list.data?.items ?? [];
  const name = (s: TimesheetLine) => nameOf(s.member_id, t('someone'));
  const chosen = items.filter((s) => waiting && picked.includes(s.id));

  const run = async (sheets: TimesheetLine[]) => {
    setBusy(sheets.map((s) => s.id));
    const failures: unknown[] = [];
    for (const s of sheets) {
      try {
        await approve({ id: s.id, 'If-Match': `"${s.version}"`, approveInput: {} }).unwrap();
      } catch (e) {
        if (codeOf(e) === 'timesheets.own_sheet_reason') setOwn(s);
        else failures.push(e);
      }
    }
    setBusy([]);
    setPicked([]);
    const done = sheets.length - failures.length;
    if (failures.length > 0 && sheets.length > 1) toast(t('some', { done, failed: failures.length, why: problemText(failures[0]) }), { tone: 'error' });
    else if (failures.length > 0) toast.failed(failures[0]);
    else if (!sheets.some((s) => s.own)) toast(t('approved', { count: done }));
  };

  const rows = useRef<HTMLUListElement>(null);
  const focused = () => items.findIndex((s) => s.id === document.activeElement?.closest<HTMLElement>('[data-sheet]')?.dataset.sheet);
  const move = (by: number) => {
    const to = Math.min(items.length - 1, Math.max(0, focused() + by));
    rows.current?.querySelector<HTMLElement>(`[data-sheet="${items[to]?.id}"] [data-main]`)?.focus();
  };
  const here = (fn: (s: TimesheetLine) => void) => () => {
    const s = items[focused()];
    if (s) fn(s);
  };
  const toggle = (s: TimesheetLine) => setPicked((p) => (p.includes(s.id) ? p.filter((x) => x !== s.id) : [...p, s.id]));
  useKey('j', () => move(1), waiting);
  useKey('k', () => move(-1), waiting);
  useKey('x', here(toggle), waiting);
  useKey('a', here((s) => void run([s])), waiting);
  useKey('r', here((s) => setBack({ sheet: s })), waiting);

  return (
    <>
      <PageHeader
        title={t('title')}
        sub={list.data && items.length > 0 ? t('sub', { count: items.length }) : undefined}
        actions={chosen.length > 0 && <Button variant="contained" loading={busy.length > 0} onClick={() => void run(chosen)}>{t('approveSelected', { count: chosen.length })}</Button>}
      />
      <TabBar label={t('tab.label')} value={tab} onChange={setTab} tabs={tabs.map((x) => ({ value: x, label: t(`tab.${x}`) }))} />
      {!waiting ? <Decided key={tab} state={tab} /> : list.error && !list.data ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : !list.data ? (
        <SkeletonRows label={t('list')} rows={5} rowHeight={72} />
      ) : items.length === 0 ? (
        <Section><EmptyState title={t('empty')} text={t('emptyText')} /></Section>
      ) : (
        <>
          <Section pad={false}>
            <Box component="ul" ref={rows} aria-label={t('list')} sx={{ m: 0, p: 0, listStyle: 'none', '& > li + li': { borderTop: 1, borderColor: 'divider' } }}>
              {items.map((s) => (
                <Week
                  key={s.id} sheet={s} name={name(s)} picked={picked.includes(s.id)} open={open === s.id} busy={busy.includes(s.id)}
                  onPick={() => toggle(s)} onOpen={() => setOpen(open === s.id ? '' : s.id)} onApprove={() => void run([s])} onBack={(entryIds) => setBack({ sheet: s, entryIds })}
                />
              ))}
            </Box>
          </Section>
          <Typography variant="body2" sx={{ color: 'text.secondary', display: { xs: 'none', md: 'block' } }}>{t('keys')}</Typography>
        </>
      )}
      {back && <BackDialog back={back} name={name(back.sheet)} onClose={() => setBack(null)} />}
      {own && <OwnDialog sheet={own} onClose={() => setOwn(null)} />}
    </>
  );
}
