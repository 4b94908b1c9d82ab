// The pages of the API: an entry of its own without the store and the shell,
// so that it works for people who are not signed in, on every host.
import '@fontsource-variable/inter/wght.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Docs } from './features/apidocs/Docs';
import { Root } from './shared/ui/Root';

const root = document.getElementById('root');
if (root) createRoot(root).render(<StrictMode><Root><Docs /></Root></StrictMode>);
