import { useEffect, type ReactNode } from 'react';
import Box from '@mui/material/Box';
import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import { useBrand } from '../brand';
import { t } from '../text';

type Props = { title: string; text?: ReactNode; children?: ReactNode; footer?: ReactNode; step?: string; wide?: boolean };

/** One column with the agency's mark above it: what every page of the sign-in host looks like. */
export function AuthLayout({ title, text, children, footer, step, wide = false }: Props) {
  const brand = useBrand();
  useEffect(() => {
    document.title = `${title} · ${brand?.name ?? t('common.product')}`;
  }, [title, brand]);
  return (
    <Box
      component="main"
      sx={{
        minHeight: '100dvh',
        display: 'flex',
        flexDirection: 'column',
        alignItems: 'center',
        justifyContent: { sm: wide ? 'flex-start' : 'center' },
        px: 4,
        pt: { xs: 8, sm: 12 },
        pb: 'calc(32px + env(safe-area-inset-bottom))',
      }}
    >
      <Box sx={{ width: '100%', maxWidth: wide ? 640 : 400 }}>
        <Mark />
        {wide ? (
          <Box sx={{ mb: 6 }}>
            <Heading title={title} text={text} />
          </Box>
        ) : (
          <Paper variant="outlined" sx={{ p: { xs: 5, sm: 8 } }}>
            {step && <Typography sx={{ mb: 1, fontSize: 12, lineHeight: '16px', color: 'text.secondary' }}>{step}</Typography>}
            <Heading title={title} text={text} />
            {children && <Box sx={{ mt: 6 }}>{children}</Box>}
          </Paper>
        )}
        {wide && children}
        {footer && <Box sx={{ mt: 5, display: 'grid', gap: 2, justifyItems: 'center', fontSize: 13, lineHeight: '18px' }}>{footer}</Box>}
      </Box>
    </Box>
  );
}

function Heading({ title, text }: { title: string; text?: ReactNode }) {
  return (
    <>
      <Typography variant="h1">{title}</Typography>
      {text && <Typography sx={{ mt: 1, color: 'text.secondary' }}>{text}</Typography>}
    </>
  );
}

/** Whose pages these are: the agency's logo, or its first letter on its colour. */
export function Mark() {
  const brand = useBrand();
  const name = brand?.name ?? t('common.product');
  return (
    <Box sx={{ display: 'flex', alignItems: 'center', gap: 3, mb: 6, minHeight: 36 }}>
      {!brand ? (
        <Box component="img" src="/icon.svg" alt="" sx={{ width: 36, height: 36 }} />
      ) : brand.logo_url ? (
        <Box component="img" src={brand.logo_url} alt="" sx={{ height: 36, maxWidth: 160, objectFit: 'contain' }} />
      ) : (
        <Box
          aria-hidden
          sx={{ width: 36, height: 36, borderRadius: 1, display: 'grid', placeItems: 'center', bgcolor: 'primary.main', color: 'primary.contrastText', fontWeight: 700, fontSize: 18 }}
        >
          {[...name][0]?.toUpperCase()}
        </Box>
      )}
      <Typography component="span" sx={{ fontSize: 18, lineHeight: '26px', fontWeight: 650, overflowWrap: 'anywhere' }}>
        {name}
      </Typography>
      {brand && <Typography component="span" sx={{ ml: 'auto', color: 'text.secondary', fontSize: 12, whiteSpace: 'nowrap' }}>{t('common.poweredBy')}</Typography>}
    </Box>
  );
}
