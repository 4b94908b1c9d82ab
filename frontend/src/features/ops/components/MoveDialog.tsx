import { valibotResolver } from '@hookform/resolvers/valibot';
import Typography from '@mui/material/Typography';
import { useForm } from 'react-hook-form';
import * as v from 'valibot';
import { useCommon } from '../../../shared/lib/i18n';
import { FormDialog } from '../../../shared/ui/dialogs';
import { SelectField, TextField } from '../../../shared/ui/fields';
import type { OpsPlacementName } from '../api';
import { useT } from '../locales/en';

type Props = { placements: OpsPlacementName[]; onDo: (placement: string, reason: string) => Promise<unknown>; onClose: () => void };

/** Asks to which of the other databases an agency goes, and why. */
export function MoveDialog({ placements, onDo, onClose }: Props) {
  const t = useT();
  const c = useCommon();
  const schema = v.object({
    placement: v.pipe(v.string(), v.minLength(1, c('error.required'))), reason: v.pipe(v.string(), v.trim(), v.minLength(3, c('error.required')), v.maxLength(500)),
  });
  const form = useForm({ resolver: valibotResolver(schema), defaultValues: { placement: placements[0]?.name ?? '', reason: '' } });
  return (
    <FormDialog open title={t('agency.move')} form={form} submitLabel={t('agency.move')} onClose={onClose} onSubmit={async (x) => { await onDo(x.placement, x.reason); onClose(); }}>
      <Typography>{t('agency.moveText')}</Typography>
      <SelectField name="placement" label={t('agency.moveTo')} options={placements.map((p) => ({ value: p.name, label: t('agency.moveOption', { name: p.name, count: p.agencies }) }))} />
      <TextField name="reason" label={t('reason')} help={t('reasonHelp')} maxLength={500} autoFocus required />
    </FormDialog>
  );
}
