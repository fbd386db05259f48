/// The pages' files, which are part of the program (`Package.swift` embeds them).
enum PageFiles {
    /// By path. What is asked for at `/login` is the form itself only for those who have no token.
    static let all: [String: WebResponse] = {
        let script = "text/javascript; charset=utf-8"
        let page = "text/html; charset=utf-8"
        return [
            "/": WebResponse(page, PackageResources.index_html),
            "/subject": WebResponse(page, PackageResources.subject_html),
            "/login": WebResponse(page, PackageResources.login_html),
            "/style.css": WebResponse("text/css; charset=utf-8", PackageResources.style_css),
            "/login.js": WebResponse(script, PackageResources.login_js),
            "/subject.js": WebResponse(script, PackageResources.subject_js),
            "/main.js": WebResponse(script, PackageResources.main_js),
            "/link.js": WebResponse(script, PackageResources.link_js),
            "/history.js": WebResponse(script, PackageResources.history_js),
            "/filters.js": WebResponse(script, PackageResources.filters_js),
            "/traces.js": WebResponse(script, PackageResources.traces_js),
            "/spectrum.js": WebResponse(script, PackageResources.spectrum_js),
            "/film.js": WebResponse(script, PackageResources.film_js),
            "/words.js": WebResponse(script, PackageResources.words_js),
            "/panels.js": WebResponse(script, PackageResources.panels_js),
            "/control.js": WebResponse(script, PackageResources.control_js),
        ]
    }()
}
