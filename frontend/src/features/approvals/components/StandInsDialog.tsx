import Box from '@mui/material/Box';
import IconButton from '@mui/material/IconButton';
import Typography from '@mui/material/Typography';
import CloseIcon from '@mui/icons-material/CloseRounded';
import { valibotResolver } from '@hookform/resolvers/valibot';
import { useForm } from 'react-hook-form';
import * as v from 'valibot';
import { useStandInsCreateMutation, useStandInsListQuery, useStandInsRemoveMutation } from '../../../shared/api/gen/time.gen';
import { useStaff } from '../../../shared/api/members';
import { formatRange, today } from '../../../shared/lib/dates';
import { useCommon } from '../../../shared/lib/i18n';
import { useMe } from '../../../shared/lib/me';
import { FormDialog } from '../../../shared/ui/dialogs';
import { DateField, SelectField } from '../../../shared/ui/fields';
import { FieldRow } from '../../../shared/ui/form';
import { toast } from '../../../shared/ui/Toast';
import { useT } from '../locales/en';

/** Who decides in whose place, and on which days. */
export function StandInsDialog({ onClose }: { onClose: () => void }) {
  const t = useT();
  const c = useCommon();
  const me = useMe();
  const staff = useStaff();
  const list = useStandInsListQuery();
  const [create] = useStandInsCreateMutation();
  const [remove] = useStandInsRemoveMutation();
  const required = v.pipe(v.string(), v.minLength(1, c('error.required')));
  const form = useForm({ resolver: valibotResolver(v.object({ stand_in_id: required, first_day: required, last_day: required })), defaultValues: { stand_in_id: '', first_day: today(), last_day: today() } });
  const items = list.data?.items ?? [];
  return (
    <FormDialog
      open title={t('away.title')} form={form} onClose={onClose} submitLabel={t('away.add')}
      onSubmit={async (values) => {
        await create({ standInInput: values }).unwrap();
        toast(t('away.added'));
        form.reset();
      }}
    >
      <Typography sx={{ color: 'text.secondary' }}>{t('away.text')}</Typography>
      {items.length > 0 && (
        <Box component="ul" aria-label={t('away.list')} sx={{ m: 0, p: 0, listStyle: 'none' }}>
          {items.map((x) => {
            const what = t('away.line', { who: staff.nameOf(x.stand_in_id), of: staff.nameOf(x.member_id), range: formatRange(x.first_day, x.last_day) });
            return (
              <Box component="li" key={x.id} sx={{ display: 'flex', alignItems: 'center', gap: 2 }}>
                <Typography sx={{ flex: 1, minWidth: 0 }}>{what}</Typography>
                {(x.member_id === me?.member_id) && <IconButton size="small" aria-label={t('away.remove', { what })} onClick={() => void remove({ id: x.id }).unwrap().catch(toast.failed)}><CloseIcon fontSize="small" /></IconButton>}
              </Box>
            );
          })}
        </Box>
      )}
      <SelectField name="stand_in_id" label={t('away.who')} help={t('away.whoHelp')} options={staff.options.filter((o) => o.value !== me?.member_id)} />
      <FieldRow>
        <DateField name="first_day" label={t('away.first')} required />
        <DateField name="last_day" label={t('away.last')} required />
      </FieldRow>
    </FormDialog>
  );
}
