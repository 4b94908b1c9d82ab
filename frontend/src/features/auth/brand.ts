import { createContext, useContext } from 'react';
import type { AgencyLook, Context } from './api';

/** Whose pages these are, once the server has said so; null on pages of Bureau itself. */
export const BrandContext = createContext<AgencyLook | null>(null);
export const useBrand = () => useContext(BrandContext);

/** What the server knows of this visit; null while it has not answered. */
export const VisitContext = createContext<Context | null>(null);
export const useVisit = () => useContext(VisitContext);

/** Tells the theme whose colour it is, when a page learns it before the visit does. */
export const TellBrandContext = createContext<(agency: AgencyLook) => void>(() => undefined);
export const useTellBrand = () => useContext(TellBrandContext);
