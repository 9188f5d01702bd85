using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Ebb.Kubernetes;
using Ebb.Kubernetes.Connection;
using Ebb.Kubernetes.Resources;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Kube;

public sealed class KubeconfigSpecs : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ebb-kubeconfig").FullName;
    private readonly ManualTimeProvider _time = new();
    private AuthenticationHeaderValue? _given;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_context_names_server_user_and_namespace()
    {
        var read = Read(
            Config(user: "token: secret", context: "namespace: shop", server: "https://api.example.com:6443/k8s/")
        );
        Assert.Equal("https://api.example.com:6443/k8s", read.Server.ToString());
        Assert.Equal("shop", read.Namespace);
        Assert.Equal("Bearer secret", await AuthorizationAsync(read));
        Assert.DoesNotContain("secret", read.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_several_files_the_first_to_name_something_wins_and_missing_files_are_passed_over()
    {
        var first = Write(
            "first",
            """
            current-context: b
            clusters: [{name: c, cluster: {server: "http://127.0.0.1:1"}}]
            """
        );
        var second = Write(
            "second",
            """
            current-context: a
            clusters: [{name: c, cluster: {server: "http://127.0.0.1:2"}}]
            contexts:
            - {name: a, context: {cluster: c}}
            - {name: b, context: {cluster: c, namespace: from-second}}
            """
        );
        var read = Kubeconfig.Read([first, Path.Combine(_folder, "missing"), second], null, _time);
        Assert.Equal(("http://127.0.0.1:1/", "from-second"), (read.Server.ToString(), read.Namespace));
        Assert.Equal("context a of ", Kubeconfig.Read([first, second], "a", _time).Origin[..13]);
    }

    [Fact]
    public void Everything_that_is_wrong_is_listed_at_once_and_no_secret_is_in_it()
    {
        var fault = Assert.Throws<ConnectionException>(() =>
            Read(
                """
                current-context: x
                clusters:
                - name: c
                  cluster: {server: "ftp://u:hunter2@host", certificate-authority-data: "!!!", proxy-url: "ftp://x"}
                users:
                - name: u
                  user: {token: hunter2, username: a, password: hunter2, client-certificate: nowhere.pem, as-uid: "7",
                    auth-provider: {name: gcp}}
                contexts:
                - {name: x, context: {cluster: c, user: u}}
                """
            )
        );
        var paths = fault.Problems.Select(problem => problem.Path.Split(": ")[1]).ToList();
        Assert.Contains("clusters[0].cluster.server", paths);
        Assert.Contains("clusters[0].cluster.certificate-authority-data", paths);
        Assert.Contains("clusters[0].cluster.proxy-url", paths);
        Assert.Contains("users[0].user.client-certificate", paths);
        Assert.Contains("users[0].user.auth-provider", paths);
        Assert.Contains("users[0].user.as", paths);
        Assert.Contains(fault.Problems, problem => problem.Expected == "one of token, username or exec");
        Assert.DoesNotContain("hunter2", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("current-context: nope", "current-context", "\"nope\"")]
    [InlineData("kind: Config", "current-context", "nothing")]
    [InlineData("- a", null, "something that is not a mapping")]
    [InlineData("a: [", null, "something that cannot be parsed")]
    public void A_kubeconfig_without_a_usable_context_says_what_it_has(string text, string? path, string found)
    {
        var fault = Assert.Throws<ConnectionException>(() => Read(text));
        Assert.Equal(found, fault.Problems[0].Found);
        if (path is not null)
            Assert.EndsWith(path, fault.Problems[0].Path, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("insecure-skip-tls-verify: hunter2", "clusters[0].cluster.insecure-skip-tls-verify", "true or false")]
    [InlineData("tls-server-name: [hunter2]", "clusters[0].cluster.tls-server-name", "what a kubeconfig has there")]
    public void A_value_of_another_type_is_named_by_its_path_and_not_shown(string cluster, string path, string expected)
    {
        var fault = Assert.Throws<ConnectionException>(() => Read(Config(cluster: cluster)));
        var problem = Assert.Single(fault.Problems);
        Assert.EndsWith($": {path}", problem.Path, StringComparison.Ordinal);
        Assert.Equal(expected, problem.Expected);
        Assert.DoesNotContain("hunter2", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Relative_paths_are_relative_to_the_file_that_names_them()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "other"));
        Write("other/ca.pem", Certificate("CN=beside").Certificate);
        var first = Write("first", "current-context: x");
        var second = Write("other/second", Config(cluster: "certificate-authority: ca.pem", server: "https://h"));
        var read = Kubeconfig.Read([first, second], null, _time);
        Assert.Equal("CN=beside", read.Configuration.SslCaCerts.Single().Subject);
    }

    [Fact]
    public void Every_certificate_of_a_bundle_is_trusted()
    {
        Write("ca.pem", Certificate("CN=old").Certificate + "\n" + Certificate("CN=new").Certificate);
        var read = Read(Config(cluster: "certificate-authority: ca.pem", server: "https://h"));
        Assert.Equal(["CN=old", "CN=new"], read.Configuration.SslCaCerts.Select(one => one.Subject));
    }

    [Fact]
    public void A_file_of_4_MiB_is_not_read()
    {
        var fault = Assert.Throws<ConnectionException>(() => Read(Config() + new string('#', 4 << 20)));
        Assert.Equal("4194304 bytes or more", fault.Problems.Single().Found);
    }

    [LongFact]
    public void Whatever_is_damaged_in_a_kubeconfig_is_a_problem_that_is_told()
    {
        var whole = Config(
            user: "exec: {apiVersion: client.authentication.k8s.io/v1, command: c, env: [{name: A, value: b}]}, as: a, "
                + "as-groups: [g], as-user-extra: {k: [v, w]}",
            cluster: "tls-server-name: n, insecure-skip-tls-verify: false, proxy-url: http://p",
            context: "namespace: shop"
        );
        Assert.Equal("shop", Read(whole).Namespace);
        string[] pieces =
        [
            "",
            "null",
            "~",
            "{}",
            "[]",
            "[null]",
            "3",
            "&a *a",
            "'",
            "{a: b}",
            "\t",
            "- ",
            "<<: ",
            "!!binary ",
        ];
        var random = new Random(7);
        var (read, refused) = (0, 0);
        for (var i = 0; i < 3000; i++)
        {
            var at = random.Next(whole.Length);
            var to = Math.Min(whole.Length, at + random.Next(12));
            try
            {
                Read(whole[..at] + pieces[random.Next(pieces.Length)] + whole[to..]);
                read++;
            }
            catch (ConnectionException)
            {
                refused++;
            }
        }

        Assert.True(read > 100 && refused > 100, $"{read} read, {refused} refused");
    }

    [Fact]
    public void A_context_that_is_not_there_is_answered_with_those_that_are()
    {
        var file = Write("config", Config());
        var fault = Assert.Throws<ConnectionException>(() => Kubeconfig.Read([file], "other", _time));
        Assert.Equal(new ConnectionProblem("Cluster__Context", "one of x", "\"other\""), fault.Problems.Single());
    }

    [Fact]
    public void No_file_at_all_is_said()
    {
        var fault = Assert.Throws<ConnectionException>(() =>
            Kubeconfig.Read([Path.Combine(_folder, "none")], null, _time)
        );
        Assert.Equal("a kubeconfig file that exists", fault.Problems.Single().Expected);
    }

    [Fact]
    public void Certificates_are_read_from_data_and_from_files_beside_the_kubeconfig()
    {
        var (certificate, key) = Certificate("CN=ebb");
        Write("ca.pem", certificate);
        var read = Read(
            Config(
                cluster: "certificate-authority: ca.pem, tls-server-name: kubernetes, "
                    + "proxy-url: \"socks5://127.0.0.1:1080\"",
                user: $"client-certificate-data: {Base64(certificate)}, client-key-data: {Base64(key)}",
                server: "https://127.0.0.1:6443"
            )
        );
        Assert.Equal("CN=ebb", read.Configuration.SslCaCerts.Single().Subject);
        Assert.True(read.ClientCertificate!.HasPrivateKey);
        Assert.Equal(
            ("kubernetes", false, "socks5"),
            (read.Configuration.TlsServerName, read.Configuration.SkipTlsVerify, read.Proxy!.Scheme)
        );
    }

    [Fact]
    public void Verification_is_left_out_only_when_the_file_says_so()
    {
        Assert.False(Read(Config(server: "https://127.0.0.1")).Configuration.SkipTlsVerify);
        Assert.True(
            Read(
                Config(server: "https://127.0.0.1", cluster: "insecure-skip-tls-verify: true")
            ).Configuration.SkipTlsVerify
        );
    }

    [Fact]
    public async Task A_password_is_basic_authentication() =>
        Assert.Equal(
            $"Basic {Base64("a:b")}",
            await AuthorizationAsync(Read(Config(user: "username: a, password: b")))
        );

    [Fact]
    public async Task A_token_file_is_read_again_after_a_minute_and_when_the_server_refuses_it()
    {
        var file = Write("token", "one\n");
        var read = Read(Config(user: "tokenFile: token"));
        Assert.Equal("Bearer one", await AuthorizationAsync(read));
        await File.WriteAllTextAsync(file, "two", TestContext.Current.CancellationToken);
        Assert.Equal("Bearer one", await AuthorizationAsync(read));
        Assert.Equal("Bearer two", await AuthorizationAsync(read, refused: true));
        await File.WriteAllTextAsync(file, "three", TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal("Bearer two", await AuthorizationAsync(read));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("Bearer three", await AuthorizationAsync(read));
    }

    [Fact]
    public async Task A_plugin_is_run_once_until_its_token_expires_and_is_told_of_the_cluster()
    {
        Plugin(
            """
            echo "$KUBERNETES_EXEC_INFO" > "$OUT/info"
            echo x >> "$OUT/runs"
            echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential",'
            echo '"status":{"token":"t'$1'","expirationTimestamp":"2026-11-21T18:10:00Z"}}'
            """
        );
        var read = Read(Exec("provideClusterInfo: true, args: [a], "));
        Assert.Equal("Bearer ta", await AuthorizationAsync(read));
        Assert.Equal("Bearer ta", await AuthorizationAsync(read));
        Assert.Single(
            await File.ReadAllLinesAsync(Path.Combine(_folder, "runs"), TestContext.Current.CancellationToken)
        );
        var info = JsonNode.Parse(
            await File.ReadAllTextAsync(Path.Combine(_folder, "info"), TestContext.Current.CancellationToken)
        )!;
        Assert.Equal("http://127.0.0.1:1", (string?)info["spec"]!["cluster"]!["server"]);
        Assert.False((bool)info["spec"]!["interactive"]!);

        _time.Advance(TimeSpan.FromMinutes(9) + TimeSpan.FromSeconds(50));
        await AuthorizationAsync(read);
        Assert.Equal(
            2,
            (await File.ReadAllLinesAsync(Path.Combine(_folder, "runs"), TestContext.Current.CancellationToken)).Length
        );
        await AuthorizationAsync(read, refused: true);
        Assert.Equal(
            3,
            (await File.ReadAllLinesAsync(Path.Combine(_folder, "runs"), TestContext.Current.CancellationToken)).Length
        );
    }

    [Theory]
    [InlineData("echo hunter2; exit 3", "ended with code 3")]
    [InlineData("echo hunter2", "did not print an ExecCredential as JSON")]
    [InlineData(
        """echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{}}'""",
        "gave neither a token nor a client certificate"
    )]
    [InlineData(
        """echo '{"apiVersion":"v1","kind":"Pod"}'""",
        "must answer with an ExecCredential of client.authentication.k8s.io/v1"
    )]
    public async Task A_plugin_that_fails_is_named_without_what_it_printed(string script, string says)
    {
        Plugin(script);
        var fault = await Assert.ThrowsAsync<KubernetesException>(async () => await AuthorizationAsync(Read(Exec())));
        Assert.EndsWith(says, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plugin_that_is_not_installed_says_how_to_get_it()
    {
        var fault = await Assert.ThrowsAsync<KubernetesException>(async () =>
            await AuthorizationAsync(Read(Exec("installHint: get it there, ")))
        );
        Assert.EndsWith("cannot be run: get it there", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plugin_can_give_a_client_certificate()
    {
        var (certificate, key) = Certificate("CN=plugin");
        var status = new JsonObject { ["clientCertificateData"] = certificate, ["clientKeyData"] = key };
        Write(
            "answer",
            new JsonObject
            {
                ["apiVersion"] = "client.authentication.k8s.io/v1",
                ["kind"] = "ExecCredential",
                ["status"] = status,
            }.ToJsonString()
        );
        Plugin("cat \"$OUT/answer\"");
        var read = Read(Exec());
        Assert.Null(await AuthorizationAsync(read));
        Assert.Equal("CN=plugin", ((RenewableCredential)read.Configuration.TokenProvider).Certificate!.Subject);
    }

    [Fact]
    public void In_a_cluster_everything_comes_from_the_service_account()
    {
        Write("token", "t");
        Write("namespace", "ebb-system\n");
        Write("ca.crt", Certificate("CN=ca").Certificate);
        var read = InCluster.Read(Environment("10.0.0.1", "443"), _time, _folder);
        Assert.Equal(
            ("https://10.0.0.1/", "ebb-system", "CN=ca"),
            (read.Server.ToString(), read.Namespace, read.Configuration.SslCaCerts.Single().Subject)
        );
    }

    [Fact]
    public void In_a_cluster_without_a_service_account_all_that_is_missing_is_listed()
    {
        var fault = Assert.Throws<ConnectionException>(() => InCluster.Read(Environment("::1", "0"), _time, _folder));
        Assert.Equal(3, fault.Problems.Count);
    }

    private static Func<string, string?> Environment(string host, string port) =>
        name =>
            name switch
            {
                "KUBERNETES_SERVICE_HOST" => host,
                "KUBERNETES_SERVICE_PORT" => port,
                _ => null,
            };

    private async Task<string?> AuthorizationAsync(ClusterConnection connection, bool refused = false)
    {
        if (refused)
            ((RenewableCredential)connection.Configuration.TokenProvider).Refuse(_given);
        using var request = new HttpRequestMessage();
        var credentials = k8s.Kubernetes.CreateCredentials(connection.Configuration);
        await credentials.ProcessHttpRequestAsync(request, TestContext.Current.CancellationToken);
        return (_given = request.Headers.Authorization)?.ToString();
    }

    private ClusterConnection Read(string config) => Kubeconfig.Read([Write("config", config)], null, _time);

    private string Exec(string more = "") =>
        Config(
            user: $"exec: {{apiVersion: client.authentication.k8s.io/v1, command: ./plugin, {more}"
                + $"env: [{{name: OUT, value: {_folder}}}]}}"
        );

    private static string Config(
        string user = "{}",
        string cluster = "",
        string context = "",
        string server = "http://127.0.0.1:1"
    ) =>
        $"""
            current-context: x
            clusters:
            - name: c
              cluster: {Braces($"server: \"{server}\"", cluster)}
            users:
            - name: u
              user: {(user == "{}" ? user : Braces(user))}
            contexts:
            - name: x
              context: {Braces("cluster: c, user: u", context)}
            """;

    private static string Braces(params string[] parts) =>
        $"{{{string.Join(", ", parts.Where(part => part.Length > 0))}}}";

    private void Plugin(string script)
    {
        var path = Write("plugin", $"#!/bin/sh\n{script.ReplaceLineEndings("\n")}\n");
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the plugin is a shell script");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static (string Certificate, string Key) Certificate(string subject)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        var from = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        using var certificate = request.CreateSelfSigned(from, from.AddYears(10));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}
