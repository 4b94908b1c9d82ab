import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Checkbox from '@mui/material/Checkbox';
import MuiLink from '@mui/material/Link';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { Link } from 'react-router';
import { useCalendarFeedsListQuery, useTimeSuggestionsListQuery, type TimeSuggestionView } from '../../../shared/api/gen/time.gen';
import type { Day } from '../../../shared/lib/dates';
import { browserZone } from '../../../shared/lib/zones';
import { later } from '../../../shared/ui/later';
import { ErrorState, Section } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { useT } from '../locales/en';
import { most, useSuggestions } from '../suggestions';
import { SuggestionRow } from './SuggestionRow';

const TakeDialog = later(async () => (await import('./TakeDialog')).TakeDialog);

const settings = '/settings/profile#calendars';

/** What may have been one's work on these days and is no time yet: events of one's own calendar, what one is booked for. It stands below the hours: what comes late pushes nothing down. */
export function Suggestions({ from, to }: { from: Day; to: Day }) {
  const t = useT();
  const [hidden, setHidden] = useState(false);
  const list = useTimeSuggestionsListQuery({ from, to, zone: browserZone(), hidden });
  const feeds = useCalendarFeedsListQuery().data?.items;
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [taking, setTaking] = useState<TimeSuggestionView[] | null>(null);
  const [busy, setBusy] = useState(false);
  const { add, hide } = useSuggestions();
  const data = list.currentData ?? list.data;
  if (list.error && !data) return <Section title={t('suggest.title')}><ErrorState error={list.error} onRetry={() => void list.refetch()} /></Section>;
  if (!data || !feeds) return null;
  const failing = feeds.filter((f) => f.state === 'failing').length;
  if (feeds.length === 0 && data.items.length === 0 && !hidden) {
    return (
      <Typography variant="body2" sx={{ color: 'text.secondary', mb: 4 }}>
        {t('suggest.hint')} <MuiLink component={Link} to={settings}>{t('suggest.connect')}</MuiLink>
      </Typography>
    );
  }
  const open = data.items.filter((s) => !s.hidden);
  const picked = open.filter((s) => chosen.has(s.id)).slice(0, most);
  const choose = (ids: string[], on: boolean) => setChosen((was) => new Set(on ? [...was, ...ids] : [...was].filter((id) => !ids.includes(id))));
  const all = open.map((s) => s.id);
  // Where each has its own work nobody is asked for it.
  const known = picked.length > 0 && picked.every((s) => s.work);
  const takeAll = async () => {
    setBusy(true);
    try {
      await add(picked);
      setChosen(new Set());
    } catch (e) {
      toast.failed(e);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Section
      title={t('suggest.title')}
      pad={false}
      action={<Button size="small" aria-pressed={hidden} onClick={() => setHidden(!hidden)}>{t('suggest.hidden')}</Button>}
    >
      {failing > 0 && (
        <Alert severity="warning" sx={{ borderRadius: 0 }} action={<Button size="small" color="inherit" component={Link} to={settings}>{t('suggest.look')}</Button>}>{t('suggest.broken', { count: failing })}</Alert>
      )}
      {data.items.length === 0 ? (
        <Typography sx={{ color: 'text.secondary', p: 4 }}>{t('suggest.none')}</Typography>
      ) : (
        <>
          {open.length > 1 && (
            <Box sx={{ display: 'flex', alignItems: 'center', gap: 2, flexWrap: 'wrap', px: 4, minHeight: 48, borderBottom: 1, borderColor: 'divider' }}>
              <Checkbox
                size="small"
                sx={{ ml: -2 }}
                checked={picked.length === open.length}
                indeterminate={picked.length > 0 && picked.length < open.length}
                onChange={(_, on) => choose(all, on)}
                slotProps={{ input: { 'aria-label': t('suggest.all') } }}
              />
              {known && <Button size="small" variant="contained" loading={busy} onClick={() => void takeAll()}>{t('suggest.addKnown', { count: picked.length })}</Button>}
              <Button size="small" variant="outlined" disabled={picked.length === 0} onClick={() => setTaking(picked)}>{picked.length ? t('suggest.addMany', { count: picked.length }) : t('suggest.pick')}</Button>
              <Button size="small" color="inherit" disabled={picked.length === 0} onClick={() => void hide(picked)}>{picked.length ? t('suggest.hideMany', { count: picked.length }) : t('suggest.hideSome')}</Button>
            </Box>
          )}
          <Box component="ul" aria-label={t('suggest.title')} sx={{ m: 0, p: 0, listStyle: 'none', '& > li + li': { borderTop: 1, borderColor: 'divider' } }}>
            {data.items.map((s) => (
              <SuggestionRow key={s.id} event={s} many={open.length > 1} chosen={chosen.has(s.id)} onChoose={(on) => choose([s.id], on)} onPick={() => setTaking([s])} oneDay={from === to} />
            ))}
          </Box>
        </>
      )}
      {taking && <TakeDialog events={taking} onClose={() => setTaking(null)} />}
    </Section>
  );
}
