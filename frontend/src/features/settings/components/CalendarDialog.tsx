import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { valibotResolver } from '@hookform/resolvers/valibot';
import { useForm } from 'react-hook-form';
import * as v from 'valibot';
import { useCalendarFeedsCreateMutation } from '../../../shared/api/gen/time.gen';
import { useCommon } from '../../../shared/lib/i18n';
import { FormDialog } from '../../../shared/ui/dialogs';
import { TextField } from '../../../shared/ui/fields';
import { toast } from '../../../shared/ui/Toast';
import { useT } from '../locale';

const programs = ['google', 'outlook', 'apple'] as const;

/** The address of a calendar, and where people find it. The server reads the calendar before it says yes. */
export function CalendarDialog({ onClose }: { onClose: () => void }) {
  const t = useT();
  const c = useCommon();
  const [create] = useCalendarFeedsCreateMutation();
  const schema = v.object({ address: v.pipe(v.string(), v.trim(), v.minLength(1, c('error.required')), v.maxLength(2000)) });
  const form = useForm({ resolver: valibotResolver(schema), defaultValues: { address: '' } });
  return (
    <FormDialog
      open
      title={t('profile.calendars.add')}
      form={form}
      submitLabel={t('profile.calendars.fetching')}
      onClose={onClose}
      onSubmit={async (values) => {
        const made = await create({ newCalendarFeed: values }).unwrap();
        toast(t('profile.calendars.added', { count: made.events }));
        onClose();
      }}
    >
      <TextField name="address" label={t('profile.calendars.address')} help={t('profile.calendars.addressHelp')} maxLength={2000} autoComplete="off" autoFocus required />
      <Box>
        <Typography component="h3" sx={{ fontWeight: 620, mb: 1 }}>{t('profile.calendars.how')}</Typography>
        <Box component="dl" sx={{ m: 0 }}>
          {programs.map((p) => (
            <Box key={p} sx={{ mb: 2 }}>
              <Typography component="dt" variant="body2" sx={{ fontWeight: 560 }}>{t(`profile.calendars.${p}`)}</Typography>
              <Typography component="dd" variant="body2" sx={{ m: 0, color: 'text.secondary' }}>{t(`profile.calendars.${p}How`)}</Typography>
            </Box>
          ))}
        </Box>
      </Box>
    </FormDialog>
  );
}
