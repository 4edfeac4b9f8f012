/// The look of the charts.
///
/// Colours follow the reader's scheme and come from Okabe and Ito's palette, which people tell apart whatever their
/// colour vision; form says again what colour says. The background stays clear. Text wears a halo of the scheme's
/// surface, so it can be read even on a page that does not follow the scheme; grid lines are a grey that suits both.
/// Declarations are plain, without custom properties, because renderers other than browsers know only those.
enum Stylesheet {
    static let text = """

        .tc text,.tc .tc-label{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
        .tc text{font-size:11px;stroke-width:3px;stroke-linejoin:round;paint-order:stroke;white-space:pre}
        .tc .tc-title{font-size:18px;font-weight:600}
        .tc .tc-subtitle{font-size:12px}
        .tc .tc-panel,.tc .tc-value{font-size:12px;font-weight:600}
        .tc .tc-number{font-size:9px}
        .tc .tc-tick,.tc .tc-value,.tc .tc-number{font-variant-numeric:tabular-nums}
        .tc .tc-code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
        .tc path{fill:none}
        .tc-grid,.tc-guide,.tc-axis,.tc-leader{stroke-width:1}
        .tc-grid,.tc-guide{stroke:#808080;stroke-opacity:.28}
        .tc-guide{stroke-dasharray:1 3;stroke-opacity:.6}
        .tc-series{stroke-width:1.75;stroke-linejoin:round;stroke-linecap:round}
        .tc-dense{stroke-width:1;stroke-linejoin:round}
        .tc-rug{stroke-width:1}
        .tc-point,.tc-mark,.tc-revoked{stroke-width:1.5}
        .tc-column{fill:none;pointer-events:all}
        .tc-version:hover .tc-column{fill:#808080;fill-opacity:.14}
        .tc-images{fill-opacity:.26}
        .tc-images circle:hover,.tc-sample:hover{fill-opacity:1}

        """ + scheme(light) + "@media (prefers-color-scheme:dark){\n" + scheme(dark) + "}\n"

    private struct Colors {
        let ink: String
        let muted: String
        let surface: String
        let accent: String
        let warning: String
    }

    private static let light = Colors(
        ink: "#1f2328", muted: "#59636e", surface: "#ffffff", accent: "#0072b2", warning: "#d55e00")
    private static let dark = Colors(
        ink: "#e6edf3", muted: "#9aa4ae", surface: "#0d1117", accent: "#56b4e9", warning: "#e69f00")

    private static func scheme(_ colors: Colors) -> String {
        """
        .tc text{fill:\(colors.ink);stroke:\(colors.surface)}
        .tc .tc-subtitle,.tc .tc-tick,.tc .tc-label,.tc .tc-number{fill:\(colors.muted)}
        .tc .tc-value{fill:\(colors.accent)}
        .tc-axis,.tc-leader,.tc-rug{stroke:\(colors.muted)}
        .tc-series,.tc-dense{stroke:\(colors.accent)}
        .tc-point,.tc-mark{fill:\(colors.accent);stroke:\(colors.surface)}
        .tc-revoked{fill:\(colors.surface);stroke:\(colors.warning)}
        .tc-rug-revoked{stroke:\(colors.warning);stroke-width:1.5}
        .tc-images,.tc-sample{fill:\(colors.muted)}

        """
    }
}
