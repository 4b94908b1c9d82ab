import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Chip from '@mui/material/Chip';
import LinearProgress from '@mui/material/LinearProgress';
import Paper from '@mui/material/Paper';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import { lazy, Suspense, useState } from 'react';
import { Link } from 'react-router';
import { useFeed } from '../../../shared/api/infinite';
import { formatDayShort } from '../../../shared/lib/dates';
import { useDebounced, useKey, useParam } from '../../../shared/lib/hooks';
import { useCommon } from '../../../shared/lib/i18n';
import { useCan } from '../../../shared/lib/me';
import { FilterBar, type Filter } from '../../../shared/ui/filters';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { EmptyState, ErrorState, Late, NoResults } from '../../../shared/ui/states';
import { Can, PersonAvatar } from '../../../shared/ui/small';
import { useClientChoiceQuery, useNames, useProjectsFeedInfiniteQuery, type ProjectView } from '../api';
import { BudgetState, Dot, HoursBar, ProjectState } from '../components/parts';
import { useT } from '../locales/en';

const ProjectDialog = lazy(async () => ({ default: (await import('../components/ProjectDialog')).ProjectDialog }));
const states = ['planned', 'active', 'on_hold', 'completed', 'archived'] as const;
const sorts = ['name', 'due_on', '-updated_at', 'code'] as const;

export function ProjectsPage() {
  const t = useT();
  const can = useCan();
  const [q, setQ] = useParam('q');
  const [state, setState] = useParam('state');
  const [client, setClient] = useParam('client');
  const [mine, setMine] = useParam('mine');
  const [sort, setSort] = useParam('sort', 'name');
  const [creating, setCreating] = useParam('new');
  const list = useFeed(useProjectsFeedInfiniteQuery({
    q: q || undefined, state: state ? [state as ProjectView['state']] : undefined, client_id: client || undefined, mine: mine === '1' || undefined,
    sort: sorts.find((s) => s === sort) ?? 'name',
  }));
  const mayCreate = can('projects.projects.write');
  useKey('c', () => setCreating('1'), mayCreate);
  const clear = () => {
    setQ('');
    setState('');
    setClient('');
    setMine('');
  };
  const filtered = Boolean(q || state || client || mine);
  const create = <Button variant="contained" onClick={() => setCreating('1')}>{t('newProject')}</Button>;
  const filters = useFilters({ state, setState, client, setClient, sort, setSort });
  return (
    <>
      <PageHeader title={t('title')} actions={<Can permission="projects.projects.write">{create}</Can>} />
      <FilterBar
        search={{ value: q, onChange: setQ, label: t('search') }}
        filters={filters}
        end={<Chip clickable label={t('mine')} aria-pressed={mine === '1'} color={mine === '1' ? 'primary' : 'default'} variant={mine === '1' ? 'filled' : 'outlined'} onClick={() => setMine(mine === '1' ? '' : '1')} sx={{ height: 36, flexShrink: 0 }} />}
      />
      <Cards list={list} empty={filtered ? <NoResults onClear={clear} /> : <EmptyState title={t('empty')} text={t('emptyText')} action={mayCreate ? create : undefined} />} />
      {creating === '1' && mayCreate && <Suspense fallback={null}><ProjectDialog clientId={client} onClose={() => setCreating('')} /></Suspense>}
    </>
  );
}

type FilterState = { state: string; setState: (v: string) => void; client: string; setClient: (v: string) => void; sort: string; setSort: (v: string) => void };

function useFilters(f: FilterState): Filter[] {
  const t = useT();
  const [typed, setTyped] = useState('');
  const found = useClientChoiceQuery(useDebounced(typed));
  return [
    { key: 'state', label: t('filter.state'), value: f.state, onChange: f.setState, options: states.map((s) => ({ value: s, label: t(`state.${s}`) })) },
    { key: 'client', label: t('filter.client'), value: f.client, onChange: f.setClient, options: (found.data?.items ?? []).map((c) => ({ value: c.id, label: c.name })), onSearch: setTyped },
    { key: 'sort', label: t('filter.sort'), value: f.sort === 'name' ? '' : f.sort, onChange: (v) => f.setSort(v || 'name'), options: sorts.map((s) => ({ value: s, label: t(`sort.${s}`) })) },
  ];
}

const grid = { display: 'grid', gap: { xs: 3, sm: 4 }, gridTemplateColumns: { xs: 'minmax(0, 1fr)', sm: 'repeat(auto-fill, minmax(320px, 1fr))' }, m: 0, p: 0, listStyle: 'none' } as const;

type Feed = { rows?: ProjectView[]; error?: unknown; onRetry: () => void; hasMore: boolean; loadingMore: boolean; onMore: () => void };

function Cards({ list, empty }: { list: Feed; empty: React.ReactNode }) {
  const t = useT();
  const common = useCommon();
  const { names } = useNames();
  if (list.error !== undefined) return <Paper variant="outlined"><ErrorState error={list.error} onRetry={list.onRetry} /></Paper>;
  if (!list.rows) {
    return (
      <Box role="status" aria-busy="true" aria-label={`${t('title')}: ${common('state.loading')}`}>
        <Late><Box sx={grid}>{Array.from({ length: 6 }, (_, i) => <Skeleton key={i} variant="rounded" height={196} />)}</Box></Late>
      </Box>
    );
  }
  if (list.rows.length === 0) return <Paper variant="outlined">{empty}</Paper>;
  return (
    <>
      <Box component="ul" sx={grid} aria-label={t('title')}>
        {list.rows.map((p) => <li key={p.id}><ProjectCard project={p} manager={names(p.manager_id)} /></li>)}
      </Box>
      {list.hasMore && <Box sx={{ textAlign: 'center', py: 4 }}><Button onClick={list.onMore} loading={list.loadingMore}>{common('action.loadMore')}</Button></Box>}
    </>
  );
}

function ProjectCard({ project: p, manager }: { project: ProjectView; manager: string }) {
  const t = useT();
  const percent = p.tasks > 0 ? Math.round((p.tasks_done / p.tasks) * 100) : 0;
  return (
    <Paper
      variant="outlined"
      sx={{ position: 'relative', height: '100%', p: 4, display: 'flex', flexDirection: 'column', gap: 3, minHeight: 196, '&:hover': { borderColor: 'text.secondary' }, '&:focus-within': { borderColor: 'primary.main' } }}
    >
      <Box sx={{ display: 'flex', gap: 3, alignItems: 'flex-start' }}>
        <Box sx={{ flex: 1, minWidth: 0 }}>
          <Box sx={{ display: 'flex', alignItems: 'center', gap: 2, color: 'text.secondary', fontSize: 12 }}><Dot colour={p.colour} /><span>{p.code}</span></Box>
          <Typography component="h2" variant="h3" className="said" sx={{ mt: 1 }}>
            <Box component={Link} to={`/projects/${p.id}`} sx={{ color: 'inherit', textDecoration: 'none', '&::after': { content: '""', position: 'absolute', inset: 0, borderRadius: 1 } }}>{p.name}</Box>
          </Typography>
          <Typography variant="body2" sx={{ color: 'text.secondary' }}>{p.client_name}</Typography>
        </Box>
        <Box sx={{ display: 'grid', gap: 1, justifyItems: 'end', flexShrink: 0 }}><ProjectState state={p.state} /><BudgetState project={p} /></Box>
      </Box>
      <Box sx={{ flex: 1 }} />
      <HoursBar project={p} />
      <Box>
        <LinearProgress variant="determinate" color="success" value={percent} aria-label={t('progressOf', { name: p.name })} sx={{ height: 4, borderRadius: 1 }} />
        <Box sx={{ display: 'flex', gap: 3, mt: 1.5, alignItems: 'center', minHeight: 24 }}>
          <Typography variant="caption" sx={{ color: 'text.secondary', flex: 1 }}>{p.tasks > 0 ? t('tasksDone', { done: p.tasks_done, total: p.tasks }) : t('noTasks')}{p.due_on && ` · ${t('due', { day: formatDayShort(p.due_on) })}`}</Typography>
          {manager && <PersonAvatar name={manager} size={24} />}
        </Box>
      </Box>
    </Paper>
  );
}
