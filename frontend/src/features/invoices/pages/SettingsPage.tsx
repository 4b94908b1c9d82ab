import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useState } from 'react';
import { Link as To } from 'react-router';
import { useCan } from '../../../shared/lib/me';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { StatusChip } from '../../../shared/ui/small';
import { EmptyState, Held, Section } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { later } from '../../../shared/ui/later';
import { useLegalEntitiesListQuery, useTaxRatesChangeMutation, useTaxRatesListQuery, type LegalEntityView, type TaxRateView } from '../api';
import { useT } from '../locales/en';
import { ifMatch } from '../model';

// A form is heavier than the lists above it; it comes when they are there, into a box of its height.
const ReviewSettings = later(async () => (await import('../components/ReviewSettings')).ReviewSettings, <Box sx={{ minHeight: 400 }} />);
const MonthSettings = later(async () => (await import('../components/MonthSettings')).MonthSettings, <Box sx={{ minHeight: 390 }} />);
const EntityDialog = later(async () => (await import('../components/EntityDialog')).EntityDialog);
const TaxDialog = later(async () => (await import('../components/TaxDialog')).TaxDialog);

export function SettingsPage() {
  const t = useT();
  const writes = useCan()('invoicing.settings.write');
  const entities = useLegalEntitiesListQuery();
  return (
    <Box sx={{ maxWidth: 960 }}>
      <PageHeader title={t('settings.title')} sub={t('settings.sub')} up={{ to: '/settings', label: t('settings.up') }} actions={<Button component={To} to="/settings/reminders" variant="outlined">{t('remind.open')}</Button>} />
      <Alert severity="info" sx={{ mb: 4 }}>{t('settings.keepNote')}</Alert>
      <Entities writes={writes} />
      <Held until={!entities.isLoading}><Box sx={{ mt: 6 }}><Taxes writes={writes} /></Box><Box sx={{ mt: 6 }}><MonthSettings writes={writes} /></Box><Box sx={{ mt: 6 }}><ReviewSettings writes={writes} /></Box></Held>
    </Box>
  );
}

function Entities({ writes }: { writes: boolean }) {
  const t = useT();
  const list = useLegalEntitiesListQuery();
  const [editing, setEditing] = useState<LegalEntityView | 'new' | null>(null);
  const add = writes && <Button variant="outlined" onClick={() => setEditing('new')}>{t('settings.addEntity')}</Button>;
  const state = (e: LegalEntityView) => (e.archived_at ? <StatusChip label={t('settings.archived')} /> : e.default ? <StatusChip label={t('settings.isDefault')} tone="brand" /> : '');
  const columns: Column<LegalEntityView>[] = [
    { key: 'name', header: t('settings.name'), width: 'minmax(0, 2fr)', cell: (e) => e.name },
    { key: 'number', header: t('settings.format'), width: '170px', cell: (e) => e.number_example },
    { key: 'currency', header: t('settings.currency'), width: '100px', cell: (e) => e.currency },
    { key: 'state', header: t('col.state'), width: '120px', cell: state },
  ];
  return (
    <Section title={t('settings.entities')} action={add} pad={false}>
      <DataTable
        label={t('settings.entities')}
        rows={list.data?.items}
        columns={columns}
        getId={(e) => e.id}
        nameOf={(e) => e.name}
        onOpen={writes ? setEditing : undefined}
        error={list.error}
        onRetry={() => void list.refetch()}
        card={(e) => <CardRow title={e.name} sub={e.number_example} end={e.currency} state={state(e)} />}
        empty={<EmptyState title={t('settings.noEntity')} text={t('settings.noEntityText')} action={add} />}
      />
      {editing && <EntityDialog entity={editing === 'new' ? null : editing} first={list.data?.items.every((e) => e.archived_at)} onClose={() => setEditing(null)} />}
    </Section>
  );
}

function Taxes({ writes }: { writes: boolean }) {
  const t = useT();
  const list = useTaxRatesListQuery();
  const [change] = useTaxRatesChangeMutation();
  const [editing, setEditing] = useState<TaxRateView | 'new' | null>(null);
  const put = async (r: TaxRateView, archived: boolean) => {
    try {
      const after = await change({ id: r.id, 'If-Match': ifMatch(r.version), taxRateChange: { archived } }).unwrap();
      toast(t('settings.saved'), { undo: () => void put(after, !archived) });
    } catch (e) {
      toast.failed(e);
    }
  };
  const add = writes && <Button variant="outlined" onClick={() => setEditing('new')}>{t('settings.addTax')}</Button>;
  const state = (r: TaxRateView) => (r.archived_at ? <StatusChip label={t('settings.archived')} /> : r.default ? <StatusChip label={t('settings.isDefault')} tone="brand" /> : '');
  const columns: Column<TaxRateView>[] = [
    { key: 'name', header: t('settings.taxName'), width: 'minmax(0, 2fr)', cell: (r) => r.name },
    { key: 'kind', header: t('settings.kind'), width: '140px', cell: (r) => t(`settings.kinds.${r.kind}`) },
    { key: 'percent', header: t('settings.percent'), width: '100px', numeric: true, cell: (r) => `${r.percent} %` },
    { key: 'state', header: t('col.state'), width: '120px', cell: state },
  ];
  return (
    <Section title={t('settings.taxes')} action={add} pad={false}>
      <DataTable
        label={t('settings.taxes')}
        rows={list.data?.items}
        columns={columns}
        getId={(r) => r.id}
        nameOf={(r) => r.name}
        onOpen={writes ? setEditing : undefined}
        actions={writes ? (r) => <Button size="small" color="inherit" onClick={() => void put(r, !r.archived_at)}>{t(r.archived_at ? 'settings.restore' : 'settings.archive')}</Button> : undefined}
        error={list.error}
        onRetry={() => void list.refetch()}
        card={(r) => <CardRow title={r.name} sub={t(`settings.kinds.${r.kind}`)} end={`${r.percent} %`} state={state(r)} />}
        empty={<EmptyState title={t('settings.noTax')} text={t('settings.noTaxText')} action={add} />}
      />
      {editing && <TaxDialog rate={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />}
    </Section>
  );
}
