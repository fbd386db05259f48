import ArgumentParser
import LivePage

/// Where the live page is offered.
struct PageOptions: ParsableArguments {
    @Option(
        defaultAsFlag: PageServer.usualPort, parsing: .next,
        help: ArgumentHelp(
            "Show the run on a page in the browser, on this port of 127.0.0.1; 0 takes a free one.", valueName: "port"))
    var page: UInt16? = nil

    @OptionGroup var reach: PageReach

    func check() throws {
        if page == nil {
            try GivenOptions.refuse(["--page-address", "--page-name", "--page-token-file"], "goes with --page")
        }
        try reach.check()
    }
}

/// Who reaches the page.
struct PageReach: ParsableArguments {
    @Option(help: "Offer the page on this IPv4 address, too far for a page without a token.")
    var pageAddress = PageServer.loopback

    @Option(help: "A further name under which the page is asked for, such as that of a proxy with TLS in front of it.")
    var pageName: [String] = []

    @Option(help: "File with the token that a viewer must give; one is made where there is none.")
    var pageTokenFile: String?

    func check() throws {
        if pageAddress != PageServer.loopback, !pageAddress.hasPrefix("127."), pageTokenFile == nil {
            throw ValidationError("\(PageServerError.tokenNeeded(pageAddress))")
        }
        // Behind a proxy the loopback is no shelter.
        if !pageName.isEmpty, pageTokenFile == nil {
            throw ValidationError("--page-name lets others ask for the page, so it needs --page-token-file FILE")
        }
        for name in pageName where name.isEmpty || name.contains("/") {
            throw ValidationError("--page-name is a name such as rig.example.org, without http://")
        }
    }
}
