import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import Link from '@mui/material/Link';
import MoreIcon from '@mui/icons-material/MoreHorizRounded';
import { lazy, Suspense, useState } from 'react';
import { Link as RouterLink, useParams } from 'react-router';
import { formatDay } from '../../../shared/lib/dates';
import { useParam, useTab } from '../../../shared/lib/hooks';
import { useCommon } from '../../../shared/lib/i18n';
import { useCan } from '../../../shared/lib/me';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { ErrorState, SkeletonPage } from '../../../shared/ui/states';
import { TabBar } from '../../../shared/ui/TabBar';
import { toast } from '../../../shared/ui/Toast';
import { ActionMenu } from '../../../shared/ui/dialogs';
import { useProjectsArchiveMutation, useProjectsGetQuery, useProjectsRestoreMutation, type ProjectView } from '../api';
import { Dot, ProjectState } from '../components/parts';
import { useT } from '../locales/en';

const Board = lazy(async () => ({ default: (await import('../components/Board')).Board }));
const ListTab = lazy(async () => ({ default: (await import('../components/ListTab')).ListTab }));
const BudgetTab = lazy(async () => ({ default: (await import('../components/BudgetTab')).BudgetTab }));
const BillingTab = lazy(async () => ({ default: (await import('../components/BillingTab')).BillingTab }));
const PeopleTab = lazy(async () => ({ default: (await import('../components/PeopleTab')).PeopleTab }));
const Activity = lazy(async () => ({ default: (await import('../components/Activity')).Activity }));
const ProjectDialog = lazy(async () => ({ default: (await import('../components/ProjectDialog')).ProjectDialog }));
const ColumnsDialog = lazy(async () => ({ default: (await import('../components/ColumnsDialog')).ColumnsDialog }));
const TaskDrawer = lazy(async () => ({ default: (await import('../components/TaskDrawer')).TaskDrawer }));

const tabs = ['board', 'list', 'budget', 'billing', 'people', 'activity'] as const;

export function ProjectPage() {
  const { id = '' } = useParams();
  const t = useT();
  const { data: project, error, refetch } = useProjectsGetQuery({ id });
  const seesFees = useCan()('fees.fees.read');
  const [tab, setTab] = useTab(tabs);
  const [task, setTask] = useParam('task');
  const [dialog, setDialog] = useState<'edit' | 'columns' | null>(null);
  if (error && !project) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!project) return <SkeletonPage />;
  return (
    <>
      <PageHeader
        title={project.name}
        up={{ to: '/projects', label: t('title') }}
        chip={<ProjectState state={project.state} />}
        sub={<Sub project={project} />}
        actions={<Actions project={project} onEdit={() => setDialog('edit')} onColumns={() => setDialog('columns')} />}
      />
      {project.state === 'archived' && <Alert severity="info" sx={{ mb: 4 }}>{t('archivedNow')}</Alert>}
      <TabBar label={t('tabs.label')} value={tab} onChange={setTab} tabs={tabs.filter((x) => x !== 'billing' || seesFees).map((x) => ({ value: x, label: t(`tabs.${x}`) }))} />
      <Suspense fallback={<SkeletonPage />}>
        {tab === 'board' && <Board project={project} onOpen={setTask} />}
        {tab === 'list' && <ListTab project={project} onOpen={setTask} />}
        {tab === 'budget' && <BudgetTab project={project} onOpen={setTask} />}
        {tab === 'billing' && seesFees && <BillingTab project={project} />}
        {tab === 'people' && <PeopleTab project={project} />}
        {tab === 'activity' && <Activity of="projects" id={project.id} />}
      </Suspense>
      <Suspense fallback={null}>
        {dialog === 'edit' && <ProjectDialog project={project} onClose={() => setDialog(null)} />}
        {dialog === 'columns' && <ColumnsDialog project={project} onClose={() => setDialog(null)} />}
        {task && <TaskDrawer key={task} id={task} onClose={() => setTask('')} onOpen={setTask} />}
      </Suspense>
    </>
  );
}

function Sub({ project: p }: { project: ProjectView }) {
  const dates = [p.starts_on, p.due_on].filter(Boolean).map((d) => formatDay(d ?? '')).join(' – ');
  return (
    <Box component="span" sx={{ display: 'inline-flex', alignItems: 'center', gap: 2, flexWrap: 'wrap', fontSize: 13 }}>
      <Dot colour={p.colour} />{p.code}<span><Between /><Link component={RouterLink} to={`/clients/${p.client_id}`}>{p.client_name}</Link></span>
      {dates && <span><Between />{dates}</span>}
    </Box>
  );
}

/** A dot between two facts on one line; on phones they stand on several. */
const Between = () => <Box component="span" aria-hidden sx={{ display: { xs: 'none', sm: 'inline' } }}>·&ensp;</Box>;

function Actions({ project, onEdit, onColumns }: { project: ProjectView; onEdit: () => void; onColumns: () => void }) {
  const t = useT();
  const common = useCommon();
  const can = useCan();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [archive] = useProjectsArchiveMutation();
  const [restore] = useProjectsRestoreMutation();
  if (!can('projects.projects.write')) return null;
  const undo = () => void restore({ id: project.id }).unwrap().catch(toast.failed);
  const putAway = async () => {
    try {
      await archive({ id: project.id }).unwrap();
      toast(t('archived'), { undo });
    } catch (e) {
      toast.failed(e);
    }
  };
  if (project.state === 'archived') return <Button variant="outlined" onClick={undo}>{common('action.restore')}</Button>;
  return (
    <>
      <Button variant="outlined" onClick={onEdit}>{t('action.edit')}</Button>
      <IconButton aria-label={t('action.more')} aria-haspopup="menu" onClick={(e) => setAnchor(e.currentTarget)}><MoreIcon /></IconButton>
      <ActionMenu open={anchor !== null} anchor={anchor} onClose={() => setAnchor(null)} actions={[{ label: t('action.columns'), run: onColumns }, { label: t('action.archive'), run: () => void putAway() }]} />
    </>
  );
}
