import AddIcon from '@mui/icons-material/AddRounded';
import RemoveIcon from '@mui/icons-material/DeleteOutlineRounded';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import Typography from '@mui/material/Typography';
import { useEffect } from 'react';
import { useFieldArray, useFormContext, useWatch } from 'react-hook-form';
import { DurationField, MoneyField, SelectField } from '../../../shared/ui/fields';
import { useT } from '../locales/en';
import { mostTiers, pers, type TierValues } from '../model';

/** Which hours are counted, and what they cost from so many on. */
export function TierFields({ currency }: { currency: string }) {
  const t = useT();
  const { control, setValue } = useFormContext<{ tiers: TierValues }>();
  const per = useWatch({ control, name: 'tiers.per' });
  const { fields, append, remove } = useFieldArray({ control, name: 'tiers.steps', keyName: 'key' });
  const none = per !== '' && fields.length === 0;
  useEffect(() => {
    if (none) append({ from_seconds: null, per_hour: null }, { shouldFocus: false });
  }, [none, append]);
  const drop = (n: number) => {
    if (fields.length === 1) setValue('tiers.per', '', { shouldDirty: true });
    remove(n);
  };
  return (
    <>
      <SelectField name="tiers.per" label={t('tiers.further')} empty={t('tiers.same')} options={pers.map((x) => ({ value: x, label: t(`tiers.per.${x}`) }))} />
      {per !== '' && (
        <Box sx={{ display: 'grid', gap: 4 }}>
          <Typography variant="body2" sx={{ color: 'text.secondary' }}>{t('tiers.text')}</Typography>
          <Box component="ol" aria-label={t('tiers.further')} sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 4 }}>
            {fields.map((f, n) => (
              <Box component="li" key={f.key} sx={{ display: 'grid', gap: 3, alignItems: 'start', gridTemplateColumns: 'minmax(0, 1fr) minmax(0, 1fr) 40px' }}>
                <DurationField name={`tiers.steps.${n}.from_seconds`} label={t('tiers.over')} required />
                <MoneyField name={`tiers.steps.${n}.per_hour`} label={t('tiers.price')} currency={currency} required />
                <IconButton sx={{ mt: 1 }} aria-label={t('tiers.remove', { n: n + 1 })} onClick={() => drop(n)}><RemoveIcon fontSize="small" /></IconButton>
              </Box>
            ))}
          </Box>
          {fields.length < mostTiers && <Button sx={{ justifySelf: 'start' }} variant="outlined" startIcon={<AddIcon />} onClick={() => append({ from_seconds: null, per_hour: null })}>{t('tiers.add')}</Button>}
        </Box>
      )}
    </>
  );
}
