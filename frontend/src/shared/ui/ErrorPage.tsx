import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useEffect } from 'react';
import { useRouteError } from 'react-router';
import { useDocumentTitle } from '../lib/hooks';
import { useCommon } from '../lib/i18n';
import { EmptyState } from './states';

/** Where a page that does not exist, or has thrown, ends up; inside of a shell, which has the main landmark, or alone. */
export function ErrorPage({ missing, inside }: { missing?: boolean; inside?: boolean }) {
  const t = useCommon();
  const error = useRouteError();
  useDocumentTitle(missing ? t('error.notFound') : t('error.crashed'));
  useEffect(() => {
    // After a deployment an open page asks for files that are gone. Loading it anew gets the new ones; once, or it would loop.
    if (!isMissingChunk(error) || sessionStorage.getItem('bureau-reloaded') === location.pathname) return;
    sessionStorage.setItem('bureau-reloaded', location.pathname);
    location.reload();
  }, [error]);
  return (
    <Box component={inside ? 'div' : 'main'}>
      <h1 className="sr-only">{missing ? t('error.notFound') : t('error.crashed')}</h1>
      <EmptyState
        title={missing ? t('error.notFound') : t('error.crashed')}
        text={missing ? t('error.notFoundWhy') : t('error.crashedWhy')}
        action={missing ? <Button variant="outlined" href="/">{t('error.home')}</Button> : <Button variant="outlined" onClick={() => location.reload()}>{t('action.reload')}</Button>}
      />
    </Box>
  );
}

const isMissingChunk = (e: unknown) => e instanceof TypeError && /dynamically imported module|module script/i.test(e.message);
