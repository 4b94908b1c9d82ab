import CallIcon from '@mui/icons-material/CallRounded';
import MeetingIcon from '@mui/icons-material/GroupsRounded';
import NoteIcon from '@mui/icons-material/StickyNote2Rounded';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import MuiLink from '@mui/material/Link';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { Link } from 'react-router';
import { useContactsListQuery, useInteractionsRemoveMutation, type MomentView } from '../../../shared/api/gen/clients.gen';
import { useFeed } from '../../../shared/api/infinite';
import { formatMoment } from '../../../shared/lib/dates';
import { useParam } from '../../../shared/lib/hooks';
import { useCommon } from '../../../shared/lib/i18n';
import { useCan, useMe } from '../../../shared/lib/me';
import { ConfirmDialog } from '../../../shared/ui/dialogs';
import { EmptyState, ErrorState, NoResults, SkeletonRows } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { FilterField } from '../../../shared/ui/filters';
import { useTimelineFeedInfiniteQuery } from '../api';
import { useT } from '../locales/en';
import { happened, isLogged, leadsTo } from '../model';
import type { Kind } from './InteractionDialog';
import { later } from '../../../shared/ui/later';

const InteractionDialog = later(async () => (await import('./InteractionDialog')).InteractionDialog);

const icons = { note: NoteIcon, call: CallIcon, meeting: MeetingIcon };
const kinds: Kind[] = ['note', 'call', 'meeting'];
const shown = ['note', 'call', 'meeting', 'clients', 'projects', 'timesheets', 'rates', 'invoicing', 'identity'] as const;

/** Buttons that log a note, call or meeting. */
export function LogButtons({ clientId }: { clientId: string }) {
  const t = useT();
  const may = useCan()('clients.interactions.write');
  const [logging, setLogging] = useState<Kind | null>(null);
  if (!may) return null;
  return (
    <>
      <Box sx={{ display: 'flex', gap: 2 }}>
        {kinds.map((k) => {
          const Icon = icons[k];
          return <Button key={k} variant="outlined" startIcon={<Icon fontSize="small" />} onClick={() => setLogging(k)}>{t(`timeline.${k}`)}</Button>;
        })}
      </Box>
      {logging && <InteractionDialog clientId={clientId} kind={logging} onClose={() => setLogging(null)} />}
    </>
  );
}

/** What happened with a client, newest first; `latest` shows only the first few. */
export function Timeline({ clientId, latest }: { clientId: string; latest?: number }) {
  const t = useT();
  const c = useCommon();
  const [kind, setKind] = useParam('kind');
  const feed = useFeed<MomentView>(useTimelineFeedInfiniteQuery({ id: clientId, ...(kind && !latest ? { kind } : {}) }));
  const people = useContactsListQuery({ clientId, state: 'all' }).data?.items ?? [];
  const nameOf = (id?: string) => people.find((p) => p.id === id)?.name;
  const [editing, setEditing] = useState<MomentView | null>(null);
  const [removing, setRemoving] = useState<MomentView | null>(null);
  const [remove] = useInteractionsRemoveMutation();
  const rows = latest ? feed.rows?.slice(0, latest) : feed.rows;
  return (
    <>
      {!latest && (
        <Box sx={{ display: 'flex', gap: 3, mb: 4, flexWrap: 'wrap', justifyContent: 'space-between' }}>
          <LogButtons clientId={clientId} />
          <Box sx={{ width: { xs: '100%', sm: 200 } }}>
            <FilterField filter={{ key: 'kind', label: t('timeline.filter'), any: t('timeline.all'), value: kind, onChange: setKind, options: shown.map((k) => ({ value: k, label: t(`timeline.${k}`) })) }} />
          </Box>
        </Box>
      )}
      {rows === undefined && (feed.error === undefined ? <SkeletonRows label={c('state.loading')} rowHeight={64} rows={latest ?? 6} /> : <ErrorState error={feed.error} onRetry={feed.onRetry} />)}
      {rows?.length === 0 && (kind && !latest ? <NoResults onClear={() => setKind('')} /> : <EmptyState title={t('timeline.empty')} text={t('timeline.emptyText')} />)}
      {rows && rows.length > 0 && (
        <Box component="ol" sx={{ listStyle: 'none', m: 0, p: 0 }}>
          {rows.map((m) => <Entry key={m.id} m={m} withName={nameOf(m.contact_id)} onEdit={() => setEditing(m)} onRemove={() => setRemoving(m)} />)}
        </Box>
      )}
      {!latest && feed.hasMore && <Box sx={{ textAlign: 'center', p: 2 }}><Button onClick={feed.onMore} loading={feed.loadingMore}>{c('action.loadMore')}</Button></Box>}
      {editing && <InteractionDialog clientId={clientId} kind={editing.kind as Kind} entry={editing} onClose={() => setEditing(null)} />}
      <ConfirmDialog
        open={removing !== null}
        title={t('timeline.removeTitle')}
        text={t('timeline.removeText')}
        confirmLabel={t('timeline.remove')}
        danger
        onConfirm={async () => {
          if (removing) await remove({ id: removing.id }).unwrap();
          toast(t('timeline.removed'));
        }}
        onClose={() => setRemoving(null)}
      />
    </>
  );
}

function Entry({ m, withName, onEdit, onRemove }: { m: MomentView; withName?: string; onEdit: () => void; onRemove: () => void }) {
  const t = useT();
  const c = useCommon();
  const can = useCan();
  const me = useMe();
  const logged = isLogged(m);
  const Icon = logged ? icons[m.kind as Kind] : null;
  const to = logged ? undefined : leadsTo(m);
  const mine = logged && can('clients.interactions.write') && (m.actor_id === me?.member_id || can('clients.clients.write'));
  const facts = [m.actor_name, formatMoment(m.happened_at, me?.agency.time_zone), withName && `${t('timeline.with')} ${withName}`, m.minutes && t('timeline.minutesOf', { count: m.minutes })].filter(Boolean);
  return (
    <Box component="li" sx={{ display: 'grid', gridTemplateColumns: '28px minmax(0, 1fr)', columnGap: 3, position: 'relative', pb: 5, '&:not(:last-child)::before': { content: '""', position: 'absolute', left: 13, top: 28, bottom: 0, width: '1px', bgcolor: 'divider' } }}>
      <Box aria-hidden sx={{ width: 28, height: 28, borderRadius: '50%', display: 'grid', placeItems: 'center', bgcolor: logged ? 'action.selected' : 'transparent', color: 'text.secondary', '& svg': { fontSize: 16 } }}>
        {Icon ? <Icon /> : <Box sx={{ width: 8, height: 8, borderRadius: '50%', bgcolor: 'text.secondary' }} />}
      </Box>
      <Box sx={{ minWidth: 0, pt: 0.5 }}>
        <Typography component="div" className="said" sx={{ fontWeight: logged ? 560 : 400 }}>
          {logged ? <><Box component="span" sx={{ color: 'text.secondary', fontWeight: 400 }}>{t(`timeline.${m.kind as Kind}`)}: </Box>{m.label}</> : <>{happened(m.name ?? '')}: {to ? <MuiLink component={Link} to={to}>{m.label}</MuiLink> : m.label}</>}
        </Typography>
        {m.body && <Typography className="said" sx={{ whiteSpace: 'pre-wrap', mt: 1 }}>{m.body}</Typography>}
        <Typography variant="body2" component="div" sx={{ color: 'text.secondary', display: 'flex', flexWrap: 'wrap', alignItems: 'center', columnGap: 2 }}>
          {facts.join(' · ')}
          {mine && (
            <Box component="span" sx={{ ml: -1 }}>
              <Button size="small" color="inherit" onClick={onEdit}>{c('action.edit')}</Button>
              <Button size="small" color="inherit" onClick={onRemove}>{t('timeline.remove')}</Button>
            </Box>
          )}
        </Typography>
      </Box>
    </Box>
  );
}
