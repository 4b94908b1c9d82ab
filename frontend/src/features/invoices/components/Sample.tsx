import PdfIcon from '@mui/icons-material/PictureAsPdfOutlined';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useEffect, useState } from 'react';
import { useFormContext, useWatch } from 'react-hook-form';
import { useDebounced } from '../../../shared/lib/hooks';
import { useMe } from '../../../shared/lib/me';
import { Paper } from '../../../shared/paper/Paper';
import { toast } from '../../../shared/ui/Toast';
import { useEntitySamplePdfMutation, useEntitySampleQuery, type LegalEntitySample, type LegalEntitySampleInput, type LegalEntityView } from '../api';
import { useT } from '../locales/en';

const parts = ['name', 'address', 'tax_id', 'tax_number', 'registration', 'email', 'phone', 'bank', 'number_format', 'time_zone', 'currency', 'language', 'layout', 'colour', 'footer'] as const;

/** A sample invoice as the form stands, before anything is saved: at once on screen, and as the PDF itself. What cannot be saved leaves the last one. */
export function Sample({ entity: e }: { entity: LegalEntityView | null }) {
  const t = useT();
  const agency = useMe()?.agency;
  const { control } = useFormContext();
  const values = useWatch({ control, name: parts as unknown as string[] });
  const body = useDebounced(JSON.stringify({ ...(e && { id: e.id }), ...Object.fromEntries(parts.map((p, n) => [p, values[n] as unknown])) }), 400);
  const [last, setLast] = useState<LegalEntitySample>();
  const { currentData } = useEntitySampleQuery(JSON.parse(body) as LegalEntitySampleInput);
  useEffect(() => { if (currentData) setLast(currentData); }, [currentData]);
  const [pdf, drawing] = useEntitySamplePdfMutation();
  const open = async () => {
    try {
      const at = await pdf(JSON.parse(body) as LegalEntitySampleInput).unwrap();
      Object.assign(document.createElement('a'), { href: at, download: 'sample.pdf' }).click();
    } catch (x) {
      toast.failed(x);
    }
  };
  return (
    <Box component="section" aria-label={t('look.sample')} sx={{ display: 'grid', gap: 2 }}>
      <Box sx={{ display: 'flex', gap: 3, alignItems: 'center', flexWrap: 'wrap' }}>
        <Typography component="h3" sx={{ fontWeight: 600, flex: 1 }}>{t('look.sample')}</Typography>
        <Button size="small" variant="outlined" startIcon={<PdfIcon />} loading={drawing.isLoading} onClick={() => void open()}>{t('look.samplePdf')}</Button>
      </Box>
      <Typography variant="body2" sx={{ color: 'text.secondary' }}>{t('look.sampleHelp')}</Typography>
      <Box sx={{ minHeight: 480 }}>{last && <Paper document={last.document} look={{ logo: e?.logo_url ?? agency?.logo_url ?? '' }} />}</Box>
    </Box>
  );
}
