using System.Security.Cryptography.X509Certificates;
using Ebb.Core.Waves;
using Ebb.Tests.Harness;
using Ebb.Tests.Scaler.Wire;
using Ebb.Tests.Schedules;

namespace Ebb.Tests.Hooks;

/// <summary>Hooks that are requests, over real sockets.</summary>
public sealed class HttpHookSpecs
{
    private static readonly Dictionary<string, string?> Admin = new(HookWorld.Hurried)
    {
        ["Tenancy__AdminNamespaces"] = "shop",
    };

    private const string Secret = """

        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: nas, namespace: shop}
        data: {token: c2VjcmV0LXRva2VuCg==}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: ebb-hooks, namespace: shop}
        rules: [{apiGroups: [""], resources: [secrets], resourceNames: [nas], verbs: [get]}]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: ebb-hooks, namespace: shop}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: ebb-hooks}
        subjects: [{kind: ServiceAccount, name: ebb-operator, namespace: ebb-system}]
        """;

    [Fact]
    public async Task A_request_is_made_once_with_its_secret_and_polled_until_it_is_true()
    {
        await using var server = await HookServer.StartAsync();
        var state = "on";
        server.Answer = request =>
            request.Method == "GET" ? (200, $$"""{"data":[{"power":"{{state}}"}]}""") : (202, "");
        await using var world = await World.StartAsync(
            HookWorld.Manifest(
                $$$"""
                {type: http, "on": [down], http: {url: "{{{server.Address}}}/off", status: 202,
                 body: '{"why":"{reason}","way":"{direction}"}',
                 header: {name: X-Token, value: {secret: nas, key: token} },
                 poll: {url: "{{{server.Address}}}/state?key=hidden", path: data.0.power, equals: "off"} } }
                """.ReplaceLineEndings("")
            ) + Secret
        );
        await using var ebb = EbbProcess.Start(world, Admin);
        world.Ups.StatusOverride = "OB DISCHRG";
        await HookWorld.UntilAsync(ebb, () => server.Requests.Count(request => request.Method == "GET") > 2);
        var sent = Assert.Single(server.Acts);
        Assert.Equal(("POST", "/off", "secret-token"), (sent.Method, sent.Path, sent.Token));
        Assert.Contains("\"way\":\"down\"", sent.Body, StringComparison.Ordinal);
        Assert.Contains("on battery", sent.Body, StringComparison.Ordinal);
        Assert.All(server.Requests, request => Assert.Equal("secret-token", request.Token));
        Assert.Equal(1, world.Replicas("shop", "db"));
        state = "off";
        await HookWorld.UntilAsync(ebb, () => ebb.Path.View?.Plan.Phase == Phase.Asleep);
        await ebb.StepAsync();
        Assert.Contains("data.0.power is off", world.Reason(), StringComparison.Ordinal);
        Assert.DoesNotContain("secret-token", $"{world.Scaler()}{world.Run()}", StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", $"{world.Reason()}{world.Run()}", StringComparison.Ordinal);
        Assert.Single(server.Acts);
    }

    [LongTheory]
    [InlineData(0, 500, 1, "answered 500, expected 2xx")]
    [InlineData(2, 500, 3, "answered 500, expected 2xx")]
    [InlineData(2, 302, 3, "answered 302, expected 2xx")]
    [InlineData(2, 504, 1, "may have run (down), and is not sent again: POST")]
    public async Task What_is_refused_is_tried_again_as_often_as_is_allowed_and_what_is_not_known_never(
        int retries,
        int status,
        int times,
        string told
    )
    {
        await using var server = await HookServer.StartAsync();
        server.Answer = _ => (status, "");
        await using var world = await World.StartAsync(
            HookWorld.Manifest($$"""{type: http, retries: {{retries}}, http: {url: "{{server.Address}}/off"} }""")
        );
        await using var ebb = EbbProcess.Start(world, Admin);
        world.Ups.StatusOverride = "OB DISCHRG";
        await HookWorld.UntilAsync(ebb, () => ebb.Path.View?.Plan.Phase == Phase.Asleep);
        await ebb.StepAsync();
        Assert.Contains(told, world.Reason(), StringComparison.Ordinal);
        Assert.Equal(times, server.Acts.Count);
    }

    [Theory]
    [InlineData(true, "POST https://127.0.0.1")]
    [InlineData(false, "was not sent: SecureConnectionError")]
    public async Task Over_TLS_only_the_authority_of_the_Secret_is_trusted(bool own, string told)
    {
        using var certificates = new TestCertificates();
        var (server, other) = (certificates.Issue("nas"), certificates.Issue("other"));
        using var loaded = X509Certificate2.CreateFromPemFile(server.Certificate, server.Key);
        using var usable = X509CertificateLoader.LoadPkcs12(loaded.Export(X509ContentType.Pkcs12), null);
        await using var nas = await HookServer.StartAsync(usable);
        var authority = await File.ReadAllBytesAsync(own ? server.Authority : other.Authority);
        await using var world = await World.StartAsync(
            HookWorld.Manifest(
                $$"""{type: http, http: {url: "{{nas.Address}}/off", ca: {secret: nas, key: token} } }"""
            ) + Secret.Replace("c2VjcmV0LXRva2VuCg==", Convert.ToBase64String(authority), StringComparison.Ordinal)
        );
        await using var ebb = EbbProcess.Start(world, Admin);
        world.Ups.StatusOverride = "OB DISCHRG";
        await HookWorld.UntilAsync(ebb, () => ebb.Path.View?.Plan.Phase == Phase.Asleep);
        await ebb.StepAsync();
        Assert.Contains(told, world.Reason(), StringComparison.Ordinal);
        Assert.Equal(own ? 1 : 0, nas.Acts.Count);
    }

    [Fact]
    public async Task Whoever_begins_it_and_dies_leaves_it_to_nobody_and_it_is_told_that_it_may_have_run()
    {
        await using var server = await HookServer.StartAsync();
        server.Answer = _ => null;
        await using var world = await World.StartAsync(
            HookWorld.Manifest($$"""{type: http, http: {url: "{{server.Address}}/off"} }""")
        );
        var first = EbbProcess.Start(world, Admin);
        world.Ups.StatusOverride = "OB DISCHRG";
        await HookWorld.UntilAsync(first, () => !server.Requests.IsEmpty);
        first.Kill();
        await first.DisposeAsync();
        await using var second = EbbProcess.Start(world, Admin);
        await HookWorld.UntilAsync(second, () => second.Path.View?.Plan.Phase == Phase.Asleep);
        await second.StepAsync();
        Assert.Contains("may have run (down), and is not sent again", world.Reason(), StringComparison.Ordinal);
        Assert.Single(server.Acts);
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest")]
    [InlineData("http://[::ffff:169.254.169.254]/latest")]
    [InlineData("http://2852039166/latest")]
    [InlineData("ftp://192.0.2.1/off")]
    [InlineData("http://root:pw@192.0.2.1/off")]
    public async Task An_address_of_metadata_and_anything_but_http_is_refused(string url)
    {
        await using var world = await World.StartAsync(
            HookWorld.Manifest($$"""{type: http, http: {url: "{{url}}"} }""")
        );
        await using var ebb = EbbProcess.Start(world, Admin);
        world.Ups.StatusOverride = "OB DISCHRG";
        await HookWorld.UntilAsync(ebb, () => ebb.Path.View?.Plan.Phase == Phase.Asleep);
        await ebb.StepAsync();
        Assert.True(
            (string?)world.Scaler()["status"]!["phase"] == "Refused"
                || world.Reason().Contains("metadata only", StringComparison.Ordinal),
            world.Reason()
        );
        Assert.DoesNotContain("pw", world.Reason(), StringComparison.Ordinal);
    }
}
