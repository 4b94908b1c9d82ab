import createCache from '@emotion/cache';
import { CacheProvider } from '@emotion/react';
import CssBaseline from '@mui/material/CssBaseline';
import { ThemeProvider } from '@mui/material/styles';
import { useMemo, type ReactNode } from 'react';
import { boot } from '../lib/boot';
import { agencyTheme } from '../lib/theme';
import './font.css';

/** Style and colour for everything below. The content policy lets only styles with the page's nonce in. */
export function Root({ colour, children }: { colour?: string; children: ReactNode }) {
  const cache = useMemo(() => createCache({ key: 'css', nonce: boot.nonce || undefined }), []);
  const theme = useMemo(() => agencyTheme({ colour: colour ?? boot.agency.colour }), [colour]);
  return (
    <CacheProvider value={cache}>
      <ThemeProvider theme={theme} defaultMode="system">
        <CssBaseline />
        {children}
      </ThemeProvider>
    </CacheProvider>
  );
}
