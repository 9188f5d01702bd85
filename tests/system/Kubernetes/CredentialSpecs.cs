using System.Diagnostics;
using System.Text.Json.Nodes;
using Ebb.Kubernetes;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Connection;
using Ebb.Kubernetes.Resources;
using Microsoft.AspNetCore.Http;
using static Ebb.Tests.Kube.ScriptedApiServer;

namespace Ebb.Tests.Kube;

/// <summary>What a kubeconfig says of who we are, as an API server sees it.</summary>
public sealed class CredentialSpecs : IAsyncLifetime
{
    private const string Pods = "GET /api/v1/pods";
    private static readonly Func<HttpContext, Task> Granted = Json(List("1"));
    private static readonly Func<HttpContext, Task> Refused = Status(401, "Unauthorized");
    private readonly string _folder = Directory.CreateTempSubdirectory("ebb-credentials").FullName;
    private readonly ManualTimeProvider _time = new();
    private ScriptedApiServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_plugin_is_run_once_before_the_first_request_and_once_after_each_401()
    {
        Plugin(
            """
            echo "$KUBERNETES_EXEC_INFO" > "$OUT/info"; echo "$*" > "$OUT/arguments"; echo x >> "$OUT/runs"
            n=$(wc -l < "$OUT/runs")
            echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"t'$n'"}}'
            """
        );
        _server.On(Pods, Granted, Granted, Refused, Granted, Refused, Refused);
        using var api = Api(Exec("args: [a, 'b  c']"));
        await ListAsync(api);
        await ListAsync(api);
        Assert.Single(await File.ReadAllLinesAsync(Out("runs"), Token));
        Assert.Equal("a b  c", (await File.ReadAllTextAsync(Out("arguments"), Token)).Trim());
        var info = JsonNode.Parse(await File.ReadAllTextAsync(Out("info"), Token))!;
        Assert.Equal("ExecCredential", (string?)info["kind"]);
        Assert.Equal("client.authentication.k8s.io/v1", (string?)info["apiVersion"]);
        Assert.False((bool)info["spec"]!["interactive"]!);

        await ListAsync(api);
        Assert.Equal(["t1", "t1", "t1", "t2"], Tokens());
        var fault = await Assert.ThrowsAsync<KubernetesException>(() => ListAsync(api));
        Assert.Equal(401, fault.Code);
        Assert.Equal(["t1", "t1", "t1", "t2", "t2", "t3"], Tokens());
    }

    [Fact]
    public async Task Requests_that_are_refused_together_share_one_run_of_the_plugin()
    {
        Plugin(
            """
            echo x >> "$OUT/runs"; n=$(wc -l < "$OUT/runs")
            echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"t'$n'"}}'
            """
        );
        _server.On(
            Pods,
            context => context.Request.Headers.Authorization == "Bearer t2" ? Granted(context) : Refused(context)
        );
        using var api = Api(Exec());
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ListAsync(api)));
        Assert.Equal(2, (await File.ReadAllLinesAsync(Out("runs"), Token)).Length);
    }

    [Fact]
    public async Task A_plugin_that_does_not_end_is_killed_after_30_seconds()
    {
        Plugin("echo $$ > \"$OUT/pid.part\"; mv \"$OUT/pid.part\" \"$OUT/pid\"; exec sleep 600");
        var credential = new ExecCredential(
            new ExecPlugin(Out("plugin"), [], [new("OUT", _folder)], "client.authentication.k8s.io/v1", null, null),
            _time
        );
        var running = credential.GetAuthenticationHeaderAsync(Token);
        var patience = Stopwatch.StartNew();
        while (!File.Exists(Out("pid")) && patience.Elapsed < TimeSpan.FromSeconds(20))
            await Task.Delay(20, Token);
        using var plugin = Process.GetProcessById(
            int.Parse(await File.ReadAllTextAsync(Out("pid"), Token), System.Globalization.CultureInfo.InvariantCulture)
        );
        await _time.UntilTimerDueInAsync(TimeSpan.FromSeconds(30));
        _time.Advance(TimeSpan.FromSeconds(30));
        var fault = await Assert.ThrowsAsync<KubernetesException>(() => running);
        Assert.EndsWith("did not answer within 30 s", fault.Message, StringComparison.Ordinal);
        Assert.True(plugin.WaitForExit(TimeSpan.FromSeconds(20)), "the plugin still runs");
    }

    [Fact]
    public async Task A_plugin_that_takes_longer_than_an_attempt_is_not_begun_anew_by_the_next()
    {
        Plugin(
            """
            echo x >> "$OUT/runs"
            while [ ! -e "$OUT/go" ]; do sleep 0.05; done
            echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"late"}}'
            """
        );
        _server.On(Pods, Granted);
        using var api = new KubernetesApi(
            Read(Exec()),
            TimeProvider.System,
            new KubernetesApiOptions { ListDeadline = TimeSpan.FromSeconds(1), Attempts = 1 }
        );
        await Assert.ThrowsAsync<KubernetesTimeoutException>(() => ListAsync(api));
        await File.WriteAllTextAsync(Out("go"), "", Token);
        var patience = Stopwatch.StartNew();
        while (_server.All.Count == 0 && patience.Elapsed < TimeSpan.FromSeconds(20))
        {
            try
            {
                await ListAsync(api);
            }
            catch (KubernetesTimeoutException)
            {
                // The machine is busy: the plugin has not ended yet.
            }
        }

        Assert.Equal(["late"], Tokens());
        Assert.Single(await File.ReadAllLinesAsync(Out("runs"), Token));
    }

    [Fact]
    public async Task A_token_file_is_read_again_when_the_server_refuses_the_token()
    {
        await File.WriteAllTextAsync(Out("token"), "one\n", Token);
        _server.On(Pods, Granted, Refused, Granted);
        using var api = Api("tokenFile: token");
        await ListAsync(api);
        await File.WriteAllTextAsync(Out("token"), "two\n", Token);
        await ListAsync(api);
        Assert.Equal(["one", "one", "two"], Tokens());
    }

    [Fact]
    public async Task A_token_file_wins_over_the_token_beside_it_which_serves_until_there_is_a_file()
    {
        _server.On(Pods, Granted, Granted);
        using var api = Api("token: beside, tokenFile: token");
        await ListAsync(api);
        await File.WriteAllTextAsync(Out("token"), "file", Token);
        _time.Advance(TimeSpan.FromMinutes(1));
        await ListAsync(api);
        Assert.Equal(["beside", "file"], Tokens());
    }

    [Fact]
    public async Task A_token_file_that_holds_something_else_is_told_and_nothing_is_sent()
    {
        await File.WriteAllTextAsync(Out("token"), "two\nlines", Token);
        using var api = Api("tokenFile: token");
        var fault = await Assert.ThrowsAsync<KubernetesException>(() => ListAsync(api));
        Assert.EndsWith("holds something that is not a token", fault.Message, StringComparison.Ordinal);
        Assert.Empty(_server.All);
    }

    [Fact]
    public async Task A_fixed_token_that_is_refused_is_tried_once_more_and_then_told()
    {
        _server.On(Pods, Refused);
        using var api = Api("token: t");
        var fault = await Assert.ThrowsAsync<KubernetesException>(() => ListAsync(api));
        Assert.Equal(401, fault.Code);
        Assert.Equal(["t", "t"], Tokens());
    }

    [Fact]
    public async Task Requests_are_made_as_the_user_whom_the_kubeconfig_names()
    {
        _server.On(Pods, Granted);
        using var api = Api(
            "token: t, as: jane, as-uid: '7', as-groups: [ops, 'sys:all'], as-user-extra: {acme.com/team: [a, b]}"
        );
        await ListAsync(api);
        var headers = _server.All.Single().Headers;
        Assert.Equal(
            ("jane", "7", "Bearer t"),
            (headers["Impersonate-User"], headers["Impersonate-Uid"], headers["Authorization"])
        );
        Assert.Equal("ops, sys:all", headers["Impersonate-Group"]);
        Assert.Equal("a, b", headers["Impersonate-Extra-acme.com%2Fteam"]);
    }

    [Theory]
    [InlineData("as-groups: [ops]")]
    [InlineData("as-uid: '7'")]
    [InlineData("as-user-extra: {k: [v]}")]
    public void Groups_without_a_user_are_refused_by_name(string user)
    {
        var fault = Assert.Throws<ConnectionException>(() => Read(user));
        Assert.EndsWith("users[0].user.as", fault.Problems.Single().Path, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("as: jane, as-user-extra: {k: v}", "users[0].user.as-user-extra")]
    [InlineData("tokenFile: [a]", "users[0].user.tokenFile")]
    [InlineData(
        "exec: {command: c, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Always}",
        "users[0].user.exec.interactiveMode"
    )]
    public void What_cannot_be_honoured_is_refused_by_name(string user, string path)
    {
        var fault = Assert.Throws<ConnectionException>(() => Read(user));
        Assert.EndsWith(path, fault.Problems.Single().Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_go_through_the_proxy_that_the_kubeconfig_names()
    {
        _server.On(Pods, Granted);
        using var api = new KubernetesApi(
            Read("token: t", $"server: http://api.invalid, proxy-url: {_server.Address}"),
            _time
        );
        await ListAsync(api);
        Assert.Equal("api.invalid", _server.All.Single().Headers["Host"]);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static Task ListAsync(KubernetesApi api) => api.ListAsync(Kinds.Pods, null, null, Token);

    private IEnumerable<string> Tokens() => _server.All.Select(asked => asked.Headers["Authorization"].Split(' ')[1]);

    private KubernetesApi Api(string user) => new(Read(user), _time);

    private ClusterConnection Read(string user, string? cluster = null)
    {
        File.WriteAllText(
            Out("config"),
            $$"""
            current-context: x
            clusters: [{name: c, cluster: { {{cluster ?? $"server: \"{_server.Address}\""}} } }]
            users: [{name: u, user: { {{user}} } }]
            contexts: [{name: x, context: {cluster: c, user: u} }]
            """
        );
        return Kubeconfig.Read([Out("config")], null, _time);
    }

    private string Exec(string more = "args: []") =>
        $"exec: {{apiVersion: client.authentication.k8s.io/v1, command: ./plugin, {more}, "
        + $"env: [{{name: OUT, value: {_folder}}}]}}";

    private string Out(string name) => Path.Combine(_folder, name);

    private void Plugin(string script)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the plugin is a shell script");
        File.WriteAllText(Out("plugin"), $"#!/bin/sh\n{script.ReplaceLineEndings("\n")}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(
                Out("plugin"),
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            );
    }
}
