// Sign-up, sign-in and the security pages: an entry of its own without the
// store and the shell, so that the first page anybody sees is small.
import '@fontsource-variable/inter/wght.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createBrowserRouter, RouterProvider, type RouteObject } from 'react-router';
import './shared/lib/i18n';
import { LazyErrorPage } from './shared/ui/LazyErrorPage';
import { Root } from './shared/ui/Root';

const found = import.meta.glob<{ routes: RouteObject[] }>('./features/auth/routes.tsx', { eager: true });
const routes = Object.values(found).flatMap((m) => m.routes);

const router = createBrowserRouter([
  { errorElement: <LazyErrorPage />, hydrateFallbackElement: <div />, children: [...routes, { path: '*', element: <LazyErrorPage missing /> }] },
]);

const root = document.getElementById('root');
if (root) createRoot(root).render(<StrictMode><Root><RouterProvider router={router} /></Root></StrictMode>);
