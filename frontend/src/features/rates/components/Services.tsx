import { valibotResolver } from '@hookform/resolvers/valibot';
import Button from '@mui/material/Button';
import { useForm } from 'react-hook-form';
import * as v from 'valibot';
import { useTaxRatesListQuery } from '../../../shared/api/gen/invoices.gen';
import { useServicesArchiveMutation, useServicesChangeMutation, useServicesCreateMutation, useServicesListQuery, useServicesRestoreMutation, type ServiceView } from '../../../shared/api/gen/rates.gen';
import { useParam } from '../../../shared/lib/hooks';
import { useCommon } from '../../../shared/lib/i18n';
import { useCan } from '../../../shared/lib/me';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { FormDialog } from '../../../shared/ui/dialogs';
import { SelectField, SwitchField, TextField } from '../../../shared/ui/fields';
import { FilterBar } from '../../../shared/ui/filters';
import { StatusChip } from '../../../shared/ui/small';
import { EmptyState, NoResults } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { useT } from '../locales/en';
import { ifMatch } from '../model';

type Props = { editing: ServiceView | 'new' | null; onEdit: (s: ServiceView | 'new' | null) => void };

/** What is sold and logged, with the defaults of its time. */
export function Services({ editing, onEdit }: Props) {
  const t = useT();
  const can = useCan();
  const writes = can('rates.services.write');
  const [q, setQ] = useParam('q');
  const [state, setState] = useParam('state');
  const list = useServicesListQuery({ limit: 200, q: q || undefined, ...(state ? { state: 'archived' as const } : {}) });
  const taxes = useTaxRatesListQuery(undefined, { skip: !can('invoicing.settings.read') }).data?.items;
  const [archive] = useServicesArchiveMutation();
  const [restore] = useServicesRestoreMutation();
  const put = async (s: ServiceView) => {
    try {
      if (s.archived_at) await restore({ id: s.id }).unwrap();
      else {
        await archive({ id: s.id }).unwrap();
        toast(t('archivedToast', { name: s.name }), { undo: () => void restore({ id: s.id }) });
      }
    } catch (e) {
      toast.failed(e);
    }
  };
  const tax = (s: ServiceView) => taxes?.find((x) => x.id === s.tax_rate_id)?.name ?? t('service.taxDefault');
  const billable = (s: ServiceView) => <StatusChip label={t(s.billable ? 'service.billable' : 'service.unbilled')} tone={s.billable ? 'success' : 'neutral'} />;
  const columns: Column<ServiceView>[] = [
    { key: 'name', header: t('name'), width: 'minmax(0, 3fr)', cell: (s) => s.name },
    { key: 'billable', header: t('service.time'), width: '150px', cell: billable },
    { key: 'tax', header: t('service.tax'), width: 'minmax(0, 2fr)', from: 'md', cell: tax },
  ];
  const add = writes && <Button variant="contained" onClick={() => onEdit('new')}>{t('service.new')}</Button>;
  return (
    <>
      <FilterBar
        search={{ value: q, onChange: setQ, label: t('service.search') }}
        filters={[{ key: 'state', label: t('state'), value: state, onChange: setState, options: [{ value: 'archived', label: t('archivedCards') }] }]}
      />
      <DataTable
        label={t('tab.services')}
        rows={list.data?.items}
        columns={columns}
        getId={(s) => s.id}
        nameOf={(s) => s.name}
        onOpen={writes ? onEdit : undefined}
        actionsWidth="96px"
        actions={writes ? (s) => <Button size="small" color="inherit" onClick={() => void put(s)}>{t(s.archived_at ? 'restore' : 'archive')}</Button> : undefined}
        card={(s) => <CardRow title={s.name} sub={tax(s)} state={billable(s)} />}
        error={list.error}
        onRetry={() => void list.refetch()}
        empty={q || state ? <NoResults onClear={() => { setQ(''); setState(''); }} /> : <EmptyState title={t('service.empty')} text={t('service.emptyText')} action={add} />}
      />
      {editing && <ServiceDialog key={editing === 'new' ? 'new' : editing.id} service={editing === 'new' ? undefined : editing} taxes={taxes} onClose={() => onEdit(null)} />}
    </>
  );
}

function ServiceDialog({ service: s, taxes, onClose }: { service?: ServiceView; taxes?: { id: string; name: string; archived_at: string | null }[]; onClose: () => void }) {
  const t = useT();
  const c = useCommon();
  const [create] = useServicesCreateMutation();
  const [change] = useServicesChangeMutation();
  const schema = v.object({ name: v.pipe(v.string(), v.trim(), v.minLength(1, c('error.required'))), billable: v.boolean(), tax_rate_id: v.string() });
  const form = useForm({ resolver: valibotResolver(schema), defaultValues: { name: s?.name ?? '', billable: s?.billable ?? true, tax_rate_id: s?.tax_rate_id ?? '' } });
  const options = (taxes ?? []).filter((x) => !x.archived_at || x.id === s?.tax_rate_id).map((x) => ({ value: x.id, label: x.name }));
  return (
    <FormDialog
      open
      title={t(s ? 'service.edit' : 'service.new')}
      form={form}
      onClose={onClose}
      onSubmit={async (x) => {
        if (s) await change({ id: s.id, 'If-Match': ifMatch(s.version), serviceChange: x }).unwrap();
        else await create({ newService: x }).unwrap();
        toast(t('saved'));
        onClose();
      }}
    >
      <TextField name="name" label={t('name')} maxLength={80} autoFocus required />
      <SwitchField name="billable" label={t('service.billableHelp')} />
      {taxes && <SelectField name="tax_rate_id" label={t('service.tax')} empty={t('service.taxDefault')} options={options} />}
    </FormDialog>
  );
}
