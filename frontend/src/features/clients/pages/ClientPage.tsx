import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Chip from '@mui/material/Chip';
import MuiLink from '@mui/material/Link';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { useClientsArchiveMutation, useClientsGetQuery, useClientsRestoreMutation, type ClientView } from '../../../shared/api/gen/clients.gen';
import { useStaff } from '../../../shared/api/members';
import { formatDay } from '../../../shared/lib/dates';
import { useTab } from '../../../shared/lib/hooks';
import { useCan } from '../../../shared/lib/me';
import { ConfirmDialog } from '../../../shared/ui/dialogs';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { Can, Facts, StatusChip } from '../../../shared/ui/small';
import { ErrorState, Section, SkeletonPage } from '../../../shared/ui/states';
import { TabBar } from '../../../shared/ui/TabBar';
import { toast } from '../../../shared/ui/Toast';
import { LogButtons, Timeline } from '../components/Timeline';
import { useT } from '../locales/en';
import { addressLines } from '../model';
import { later } from '../../../shared/ui/later';

const ClientDialog = later(async () => (await import('../components/ClientDialog')).ClientDialog);
const Credit = later(async () => (await import('../components/Credit')).Credit, '–');
// A tab comes when it is opened.
const Invoices = later(async () => (await import('../components/Invoices')).Invoices, <SkeletonPage />);
const AgreedHours = later(async () => (await import('../../../shared/ui/AgreedHours')).AgreedHours, <Box sx={{ height: { xs: 152, sm: 128 } }} />);
const People = later(async () => (await import('../components/People')).People, <SkeletonPage />);
const Projects = later(async () => (await import('../components/Projects')).Projects, <SkeletonPage />);
const Recurring = later(async () => (await import('../components/Recurring')).Recurring, <SkeletonPage />);
const Retainers = later(async () => (await import('../components/Retainers')).Retainers, <SkeletonPage />);

const tabs = ['overview', 'projects', 'retainers', 'invoices', 'people', 'timeline'] as const;
const needs: Partial<Record<(typeof tabs)[number], string>> = { projects: 'projects.projects.read', retainers: 'retainers.retainers.read', invoices: 'invoicing.invoices.read', people: 'clients.contacts.read' };

export function ClientPage() {
  const { id = '' } = useParams();
  const { data: client, error, refetch } = useClientsGetQuery({ id });
  if (client) return <Ready client={client} />;
  return error === undefined ? <SkeletonPage /> : <ErrorState error={error} onRetry={() => void refetch()} />;
}

function Ready({ client }: { client: ClientView }) {
  const t = useT();
  const can = useCan();
  const writes = can('clients.clients.write');
  const [tab, setTab] = useTab(tabs);
  const [editing, setEditing] = useState(false);
  const [asking, setAsking] = useState(false);
  const { active, invited } = client.portal_people ?? { active: 0, invited: 0 };
  const [archive] = useClientsArchiveMutation();
  const [restore] = useClientsRestoreMutation();
  const away = client.archived_at !== null;
  const shown = tabs.filter((x) => needs[x] === undefined || can(needs[x]));
  const back = async () => {
    await restore({ id: client.id }).unwrap();
    toast(t('restoredToast', { name: client.name }));
  };
  const shut = async () => {
    await archive({ id: client.id }).unwrap();
    toast(t('archivedToast', { name: client.name }), { undo: () => void back() });
  };
  const put = async () => {
    try {
      if (away) return await back();
      if (active + invited > 0) return setAsking(true);
      await shut();
    } catch (e) {
      toast.failed(e);
    }
    return undefined;
  };
  return (
    <>
      <PageHeader
        up={{ to: '/clients', label: t('title') }}
        title={client.name}
        chip={away ? <StatusChip label={t('archived')} /> : undefined}
        sub={[client.code, ...client.tags].join(' · ')}
        actions={
          writes && (
            <>
              <Button color="inherit" onClick={() => void put()}>{t(away ? 'restore' : 'archive')}</Button>
              <Button variant="outlined" onClick={() => setEditing(true)}>{t('edit')}</Button>
            </>
          )
        }
      />
      <TabBar label={t('tab.label')} value={shown.includes(tab) ? tab : 'overview'} onChange={setTab} tabs={shown.map((x) => ({ value: x, label: t(`tab.${x}`) }))} />
      {tab === 'overview' && <Overview client={client} onTimeline={() => setTab('timeline')} />}
      {tab === 'projects' && <Projects clientId={client.id} />}
      {tab === 'retainers' && <Retainers clientId={client.id} />}
      {tab === 'invoices' && <><Recurring clientId={client.id} /><Invoices clientId={client.id} /></>}
      {tab === 'people' && <People clientId={client.id} />}
      {tab === 'timeline' && <Timeline clientId={client.id} />}
      <ConfirmDialog
        open={asking}
        title={t('archiveTitle', { name: client.name })}
        text={[active > 0 && t('archiveShuts', { count: active, name: client.name }), invited > 0 && t('archiveTakesBack', { count: invited })].filter(Boolean).join(' ')}
        confirmLabel={t('archive')}
        onConfirm={shut}
        onClose={() => setAsking(false)}
      />
      {editing && <ClientDialog client={client} onClose={() => setEditing(false)} />}
    </>
  );
}

function Overview({ client: c, onTimeline }: { client: ClientView; onTimeline: () => void }) {
  const t = useT();
  const staff = useStaff();
  const seesMoney = useCan()('invoicing.invoices.read');
  const address = (kind: string) => c.addresses.filter((a) => (a.kind ?? 'main') === kind).map((a) => <Box key={kind}>{addressLines(a).map((l) => <div key={l}>{l}</div>)}</Box>);
  const facts: [string, React.ReactNode][] = [
    [t('field.billingEmail'), c.billing_email && <MuiLink href={`mailto:${c.billing_email}`}>{c.billing_email}</MuiLink>],
    [t('field.website'), c.website && <MuiLink href={c.website} target="_blank" rel="noreferrer noopener">{c.website.replace(/^https?:\/\//, '')}</MuiLink>],
    [t('field.address'), address('main')],
    [t('field.billingAddress'), address('billing')],
    [t('field.owner'), staff.nameOf(c.owner_id)],
    [t('field.currency'), c.currency],
    [t('field.terms'), c.payment_terms_days !== null && t('terms', { count: c.payment_terms_days })],
    [t('field.credit'), seesMoney && <Credit clientId={c.id} />],
    [t('field.taxId'), c.tax_id],
    [t('field.created'), formatDay(c.created_at.slice(0, 10))],
  ];
  return (
    <Box sx={{ display: 'grid', gap: 4, gridTemplateColumns: { xs: 'minmax(0, 1fr)', md: 'minmax(0, 2fr) minmax(0, 3fr)' }, alignItems: 'start' }}>
      <Box>
        <Section title={t('details')}>
          <Facts items={facts.filter(([, v]) => (Array.isArray(v) ? v.length > 0 : Boolean(v)))} />
          {c.tags.length > 0 && <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap', mt: 4 }}>{c.tags.map((x) => <Chip key={x} size="small" label={x} component={Link} to={`/clients?tag=${encodeURIComponent(x)}`} clickable />)}</Box>}
        </Section>
        <Can permission="rates.cards.read"><AgreedHours clientId={c.id} /></Can>
        {c.notes && <Section title={t('field.notes')}><Box className="said" sx={{ whiteSpace: 'pre-wrap' }}>{c.notes}</Box></Section>}
      </Box>
      <Section title={t('latest')} action={<Button size="small" onClick={onTimeline}>{t('showTimeline')}</Button>}>
        <Box sx={{ mb: 4 }}><LogButtons clientId={c.id} /></Box>
        <Timeline clientId={c.id} latest={6} />
      </Section>
    </Box>
  );
}
