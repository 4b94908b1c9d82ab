import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useEffect, useMemo } from 'react';
import { useForm, useFormContext, useWatch } from 'react-hook-form';
import { valibotResolver } from '@hookform/resolvers/valibot';
import * as v from 'valibot';
import { contrast, readable } from '../../../shared/lib/colour';
import { i18n, useCommon } from '../../../shared/lib/i18n';
import { timeZones } from '../../../shared/lib/zones';
import { AutocompleteField, CurrencyField, SelectField, SwitchField, TextField } from '../../../shared/ui/fields';
import { FieldRow, Form } from '../../../shared/ui/form';
import { Section } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { useChangeAgencySettingsMutation, type Settings } from '../api';
import { useT } from '../locale';
import { locales, localeSample, weekDays } from '../model';

const hex = /^#[0-9a-f]{6}$/i;

export function AgencyForm({ settings, writes }: { settings: Settings; writes: boolean }) {
  const t = useT();
  const c = useCommon();
  const [change] = useChangeAgencySettingsMutation();
  const schema = useMemo(
    () =>
      v.object({
        name: v.pipe(v.string(), v.trim(), v.minLength(1, c('error.required'))),
        legal_name: v.pipe(v.string(), v.trim()),
        brand_colour: v.pipe(v.string(), v.trim(), v.regex(hex, t('agency.colourForm'))),
        time_zone: v.pipe(v.string(), v.minLength(1, c('error.required'))),
        week_start: v.string(),
        currency: v.pipe(v.string(), v.minLength(1, c('error.required'))),
        locale: v.string(),
        portal_shows_hours: v.boolean(),
      }),
    [c, t],
  );
  const form = useForm({ resolver: valibotResolver(schema), defaultValues: values(settings), disabled: !writes });
  useEffect(() => form.reset(values(settings), { keepDirtyValues: true }), [settings, form]);
  const zones = useMemo(() => timeZones(settings.time_zone), [settings.time_zone]);

  return (
    <Form
      form={form}
      onSubmit={async (body) => {
        const saved = await change({ version: settings.version, body }).unwrap();
        form.reset(values(saved));
        toast(t('agency.saved'));
      }}
    >
      <Box sx={{ display: 'grid', gap: 4, gridTemplateColumns: 'minmax(0, 1fr)', '& > section': { mb: 0 } }}>
      <Section title={t('agency.profile')}>
        <Rows>
          <TextField name="name" label={t('agency.name')} help={t('agency.nameHelp')} maxLength={80} required />
          <TextField name="legal_name" label={t('agency.legalName')} help={t('agency.legalNameHelp')} maxLength={160} />
          <Typography variant="body2" sx={{ color: 'text.secondary' }} className="said">{t('agency.address')}: {location.host}</Typography>
        </Rows>
      </Section>
      <Section title={t('agency.look')}>
        <Colour writes={writes} />
      </Section>
      <Section title={t('agency.region')}>
        <Rows>
          <AutocompleteField name="time_zone" label={t('agency.timeZone')} help={t('agency.timeZoneHelp')} options={zones} required />
          <FieldRow>
            <SelectField name="week_start" label={t('agency.weekStart')} options={weekDays.map((d) => ({ value: d, label: t(`agency.days.${d}`) }))} />
            <CurrencyField name="currency" label={t('agency.currency')} help={t('agency.currencyHelp')} required />
          </FieldRow>
          <SelectField name="locale" label={t('agency.locale')} options={locales.map((l) => ({ value: l, label: localeSample(l, i18n.language) }))} />
        </Rows>
      </Section>
      <Section title={t('agency.portal')}>
        <SwitchField name="portal_shows_hours" label={t('agency.portalHours')} help={t('agency.portalHoursHelp')} />
      </Section>
      </Box>
    </Form>
  );
}

const values = (s: Settings) => ({
  name: s.name, legal_name: s.legal_name, brand_colour: s.brand_colour, time_zone: s.time_zone,
  week_start: s.week_start, currency: s.currency, locale: s.locale, portal_shows_hours: s.portal_shows_hours,
});

function Rows({ children }: { children: React.ReactNode }) {
  return <Box sx={{ display: 'grid', gap: 4, gridTemplateColumns: 'minmax(0, 1fr)' }}>{children}</Box>;
}

/** The colour with a live word on whether it can be read, and the nearest shade that can. */
function Colour({ writes }: { writes: boolean }) {
  const t = useT();
  const { control, setValue } = useFormContext<{ brand_colour: string }>();
  const value = useWatch({ control, name: 'brand_colour' });
  const onTake = (shade: string) => setValue('brand_colour', shade, { shouldDirty: true, shouldValidate: true });
  const valid = hex.test(value);
  const ratio = valid ? contrast(value, '#ffffff') : 0;
  const good = ratio >= 4.5;
  const shade = valid && !good ? readable(value, ['#ffffff'], 'dark').toUpperCase() : '';
  return (
    <Box sx={{ display: 'grid', gap: 3 }}>
      <Box sx={{ display: 'flex', gap: 3, alignItems: 'flex-start' }}>
        <Box
          component="input"
          type="color"
          aria-label={t('agency.colourPick')}
          disabled={!writes}
          value={valid ? value.toLowerCase() : '#000000'}
          onChange={(e: React.ChangeEvent<HTMLInputElement>) => onTake(e.target.value.toUpperCase())}
          sx={{ width: 44, height: 44, p: 0, border: 1, borderColor: 'divider', borderRadius: 1, bgcolor: 'transparent', flexShrink: 0 }}
        />
        <Box sx={{ flex: 1, maxWidth: 320 }}>
          <TextField name="brand_colour" label={t('agency.colour')} help={t('agency.colourHelp')} maxLength={7} />
        </Box>
      </Box>
      {valid && (
        <Box role="status" aria-live="polite" sx={{ display: 'flex', gap: 3, alignItems: 'center', flexWrap: 'wrap' }}>
          <Box aria-hidden sx={{ px: 4, py: 2, borderRadius: 1, fontWeight: 600 }} style={{ background: value, color: '#fff' }}>{t('agency.colourSample')}</Box>
          <Typography variant="body2" sx={{ color: good ? 'text.secondary' : 'error.main' }}>
            {t(good ? 'agency.colourGood' : 'agency.colourBad', { ratio: (Math.floor(ratio * 10) / 10).toFixed(1) })}
          </Typography>
          {!good && writes && <Button size="small" variant="outlined" onClick={() => onTake(shade)}>{t('agency.colourTake', { shade })}</Button>}
        </Box>
      )}
    </Box>
  );
}
