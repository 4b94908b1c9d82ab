import Typography from '@mui/material/Typography';
import { useEffect } from 'react';
import { stepUpChannel } from '../api/session';
import { useCommon } from '../lib/i18n';

/** The end of a step-up: tells the page that waits, and goes. */
export function Confirmed() {
  const t = useCommon();
  useEffect(() => {
    const channel = new BroadcastChannel(stepUpChannel);
    // eslint-disable-next-line unicorn/require-post-message-target-origin -- a channel has no target: its origin is ours
    channel.postMessage('confirmed');
    channel.close();
    window.close();
  }, []);
  return (
    <main style={{ display: 'grid', placeContent: 'center', minHeight: '100dvh', padding: 24, textAlign: 'center' }}>
      <Typography component="h1" variant="h1">{t('stepUp.done')}</Typography>
      <Typography>{t('stepUp.close')}</Typography>
    </main>
  );
}
