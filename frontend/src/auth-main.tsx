// The site, sign-in and the security pages: an entry of its own without the
// router, the store and the shell, so that the first page anybody sees is small.
import '@fontsource-variable/inter/wght.css';
import { StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { AuthApp } from './features/auth/AuthApp';
import { boot } from './shared/lib/boot';
import { Root } from './shared/ui/Root';

function Entry() {
  const [colour, setColour] = useState(boot.agency.colour);
  const [onBrand] = useState(() => (agency: { colour: string } | null) => setColour(agency?.colour ?? ''));
  return (
    <Root colour={colour}>
      <AuthApp host={boot.host === 'site' ? 'site' : 'auth'} path={location.pathname} onBrand={onBrand} />
    </Root>
  );
}

const root = document.getElementById('root');
if (root) createRoot(root).render(<StrictMode><Entry /></StrictMode>);
