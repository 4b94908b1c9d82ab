import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import MuiLink from '@mui/material/Link';
import Typography from '@mui/material/Typography';
import { useForm, useWatch } from 'react-hook-form';
import { Link } from 'react-router';
import { useLegalEntitiesListQuery } from '../../../shared/api/gen/invoices.gen';
import { useTimeSettingsChangeMutation, useTimeSettingsOpeningQuery, type OpeningView, type TimeSettingsView } from '../../../shared/api/gen/time.gen';
import { addDays, formatDay, startOfMonth, today } from '../../../shared/lib/dates';
import { formatDuration } from '../../../shared/lib/duration';
import { FormDialog } from '../../../shared/ui/dialogs';
import { DateField, SelectField, TextField } from '../../../shared/ui/fields';
import { toast } from '../../../shared/ui/Toast';
import { useCan } from '../../../shared/lib/me';
import { useT } from '../locale';

/** What an earlier closing day would contradict: shown before it is moved. */
function Contradictions({ opening: o }: { opening: OpeningView }) {
  const t = useT();
  if (!o.from || !o.to) return null;
  return (
    <Alert severity={o.billed_entries > 0 ? 'warning' : 'info'}>
      {t('time.opening', { from: formatDay(o.from), to: formatDay(o.to), count: o.entries, time: formatDuration(o.seconds) })}
      {o.approved_weeks > 0 && <Box>{t('time.openingApproved', { count: o.approved_weeks })}</Box>}
      {o.billed_entries > 0 && (
        <Box>
          {t('time.openingBilled', { count: o.billed_entries })}{' '}
          {o.invoice_ids.map((id, i) => <MuiLink key={id} component={Link} to={`/invoices/${id}`} sx={{ mr: 2 }}>{t('time.openingInvoice', { n: i + 1 })}</MuiLink>)}
        </Box>
      )}
    </Alert>
  );
}

/** Closes time up to a day, or opens it again: opening needs a reason. */
export function LockDialog({ settings, onClose }: { settings: TimeSettingsView; onClose: () => void }) {
  const t = useT();
  const [change] = useTimeSettingsChangeMutation();
  const named = useCan()('invoicing.settings.read');
  const entities = (useLegalEntitiesListQuery(undefined, { skip: !named }).data?.items ?? []).filter((e) => !e.archived_at);
  const form = useForm({ defaultValues: {
    entity: '',
    // What is closed for the first time is most often the last month.
    locked_through: settings.locked_through ?? addDays(startOfMonth(today()), -1),
    reason: '',
  } });
  const entity = useWatch({ control: form.control, name: 'entity' });
  const closedOf = (id: string) => (id === '' ? settings.locked_through : settings.entity_locks.find((l) => l.entity_id === id)?.through) ?? '';
  const was = closedOf(entity);
  const to = useWatch({ control: form.control, name: 'locked_through' });
  const opens = was !== '' && to < was;
  const opening = useTimeSettingsOpeningQuery({ through: to || undefined, entityId: entity || undefined }, { skip: !opens });
  return (
    <FormDialog
      open
      title={t('time.lockTitle')}
      form={form}
      submitLabel={t(opens ? 'time.open' : 'time.close')}
      onClose={onClose}
      onSubmit={async ({ locked_through, reason }) => {
        const what = entity ? { entity_locks: [{ entity_id: entity, through: locked_through }] } : { locked_through };
        await change({ 'If-Match': `"${settings.version}"`, timeSettingsChange: { ...what, ...(opens && { reason }) } }).unwrap();
        toast(locked_through ? t('time.lockedToast', { day: formatDay(locked_through) }) : t('time.openedToast'));
        onClose();
      }}
    >
      <Typography sx={{ color: 'text.secondary' }}>{t(entity ? 'time.lockTextOf' : 'time.lockText', { name: entities.find((e) => e.id === entity)?.name })}</Typography>
      {entities.length > 1 && <SelectField name="entity" label={t('time.lockFor')} help={t('time.lockForHelp')} empty={t('time.lockForAll')} options={entities.map((e) => ({ value: e.id, label: e.name }))} />}
      <DateField name="locked_through" label={t('time.lockThrough')} help={was ? t('time.lockHelp') : undefined} autoFocus />
      {opens && opening.currentData && <Contradictions opening={opening.currentData} />}
      {opens && <TextField name="reason" label={t('time.reason')} help={t('time.reasonHelp')} maxLength={500} multiline rows={2} required />}
    </FormDialog>
  );
}
