using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Resources;
using Ebb.Kubernetes.Watching;
using static Ebb.Tests.Kube.ScriptedApiServer;

namespace Ebb.Tests.Kube;

public sealed class InformerSpecs : IAsyncLifetime
{
    private const string ListPath = "GET /apis/apps/v1/deployments";
    private const string WatchPath = "WATCH /apis/apps/v1/deployments";
    private readonly ManualTimeProvider _time = new();
    private ScriptedApiServer _server = null!;
    private KubernetesApi _api = null!;
    private Informer<Deployment> _watched = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await StartAsync();
        _api = new KubernetesApi(_server.Connection, _time, new KubernetesApiOptions { Chance = () => 0 });
        _watched = new Informer<Deployment>(_api, Kinds.Deployments);
    }

    public async ValueTask DisposeAsync()
    {
        await _watched.DisposeAsync();
        _api.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task What_the_watch_reports_is_in_memory()
    {
        _server.On(ListPath, Json(List("10", Item("web", 8), Item("api", 9))));
        _server.On(
            WatchPath,
            _server.WatchAndHold(
                Line("MODIFIED", Item("web", 11, replicas: 5)),
                Line("DELETED", Item("api", 12)),
                Line("ADDED", Item("new", 13))
            )
        );
        _watched.Start();
        await UntilAsync(() => _watched.Items.Any(item => item.Metadata.Name == "new"));
        Assert.Equal(
            ["new 13", "web 11"],
            _watched.Items.Select(item => $"{item.Metadata.Name} {item.Metadata.ResourceVersion}").Order()
        );
        Assert.True(_watched.TryFind("shop", "web", out var web));
        Assert.Equal(5, web.Spec!.Replicas);
        Assert.Contains("resourceVersion=10", _server.ReceivedFor(WatchPath)[0].Query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watch_that_ended_continues_at_the_last_bookmark_without_another_list()
    {
        _server.On(ListPath, Json(List("10", Item("web", 8))));
        _server.On(
            WatchPath,
            Watch(
                """
                {"type":"BOOKMARK","object":{"kind":"Deployment","apiVersion":"apps/v1",
                 "metadata":{"resourceVersion":"500"}}}
                """
            ),
            _server.WatchAndHold()
        );
        _watched.Start();
        var second = await _server.UntilReceivedAsync(WatchPath, 2);
        Assert.Contains("resourceVersion=500", second.Query, StringComparison.Ordinal);
        Assert.Single(_server.ReceivedFor(ListPath));
        Assert.Null(_watched.Trouble);
    }

    [Fact]
    public async Task An_expired_version_within_a_watch_is_listed_again_and_what_went_meanwhile_is_gone()
    {
        _server.On(ListPath, Json(List("10", Item("web", 8), Item("gone", 9))), Json(List("90", Item("web", 88))));
        _server.On(
            WatchPath,
            Watch(
                """
                {"type":"ERROR","object":{"kind":"Status","status":"Failure",
                 "message":"too old resource version: 10 (80)","reason":"Expired","code":410}}
                """
            ),
            _server.WatchAndHold()
        );
        _watched.Start();
        Assert.Contains(
            "resourceVersion=90",
            (await _server.UntilReceivedAsync(WatchPath, 2)).Query,
            StringComparison.Ordinal
        );
        Assert.Equal("88", Assert.Single(_watched.Items).Metadata.ResourceVersion);
    }

    [Fact]
    public async Task An_expired_version_as_the_answer_to_a_watch_is_listed_again()
    {
        _server.On(ListPath, Json(List("10", Item("web", 8))), Json(List("90", Item("web", 88))));
        _server.On(WatchPath, Status(410, "Expired"), _server.WatchAndHold());
        _watched.Start();
        Assert.Contains(
            "resourceVersion=90",
            (await _server.UntilReceivedAsync(WatchPath, 2)).Query,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_line_that_is_cut_is_dropped_and_the_watch_continues_from_the_version_before_it()
    {
        _server.On(ListPath, Json(List("10", Item("web", 8))));
        _server.On(
            WatchPath,
            Raw(
                Line("MODIFIED", Item("web", 11, replicas: 5))
                    + "\n"
                    + Line("MODIFIED", Item("web", 12, replicas: 9))[..60]
            ),
            _server.WatchAndHold()
        );
        _watched.Start();
        await _time.UntilTimerDueInAsync(TimeSpan.FromMilliseconds(125));
        _time.Advance(TimeSpan.FromMilliseconds(125));
        Assert.Contains(
            "resourceVersion=11",
            (await _server.UntilReceivedAsync(WatchPath, 2)).Query,
            StringComparison.Ordinal
        );
        Assert.Equal(5, _watched.Items.Single().Spec!.Replicas);
        Assert.Single(_server.ReceivedFor(ListPath));
    }

    [Fact]
    public async Task A_connection_that_breaks_in_the_middle_is_followed_by_another_from_the_same_place()
    {
        _server.On(ListPath, Json(List("10", Item("web", 8))));
        _server.On(
            WatchPath,
            async context =>
            {
                await Watch(Line("MODIFIED", Item("web", 11)))(context);
                context.Abort();
            },
            _server.WatchAndHold(Line("MODIFIED", Item("web", 12)))
        );
        _watched.Start();
        await _time.UntilTimerDueInAsync(TimeSpan.FromMilliseconds(125));
        _time.Advance(TimeSpan.FromMilliseconds(125));
        await UntilAsync(() => _watched.Items.Single().Metadata.ResourceVersion == "12");
        Assert.Single(_server.ReceivedFor(ListPath));
    }

    private static readonly TimeSpan[] Settling =
    [
        .. new[] { 125, 250, 500, 1000 }.Select(pause => TimeSpan.FromMilliseconds(pause)),
    ];

    private static Func<Microsoft.AspNetCore.Http.HttpContext, Task> Refused =>
        Status(403, "Forbidden", "deployments.apps is forbidden: User \"u\" cannot list resource");

    [Fact]
    public async Task A_missing_right_is_a_trouble_that_is_looked_at_again_after_a_while()
    {
        _server.On(ListPath, Refused, Refused, Refused, Refused, Refused, Json(List("10", Item("web", 8))));
        _watched.Start();
        foreach (var pause in Settling)
        {
            await _time.UntilTimerDueInAsync(pause);
            Assert.Null(_watched.Trouble);
            _time.Advance(pause);
        }

        await UntilAsync(() => _watched.Trouble is not null);
        Assert.False(_watched.Synced);
        Assert.True(_watched.Trouble!.IsLasting);
        Assert.StartsWith(
            "a right is missing to list deployments.apps",
            _watched.Trouble.Sentence,
            StringComparison.Ordinal
        );
        await _time.UntilTimerDueInAsync(TimeSpan.FromSeconds(2));
        _time.Advance(TimeSpan.FromSeconds(2));
        await UntilAsync(() => _watched.Synced);
        Assert.Null(_watched.Trouble);
    }

    /// <summary>
    /// What a real API server answers for a second or two after it has started: it has not loaded its roles yet.
    /// </summary>
    [Theory]
    [InlineData(403)]
    [InlineData(404)]
    public async Task A_refusal_that_is_over_soon_is_not_reported(int code)
    {
        _server.On(ListPath, Json(List("10", Item("web", 8))));
        _server.On(
            WatchPath,
            Status(code, "No", "no"),
            Status(code, "No", "no"),
            _server.WatchAndHold(Line("MODIFIED", Item("web", 12)))
        );
        List<WatchTrouble> troubles = [];
        _watched.Changed += () =>
        {
            if (_watched.Trouble is { } trouble)
                troubles.Add(trouble);
        };
        _watched.Start();
        foreach (var pause in Settling.Take(2))
        {
            await _time.UntilTimerDueInAsync(pause);
            _time.Advance(pause);
        }

        await UntilAsync(() => _watched.Items.Single().Metadata.ResourceVersion == "12");
        Assert.Empty(troubles);
    }

    [Fact]
    public async Task A_watch_that_does_not_end_in_time_is_abandoned()
    {
        _server.On(ListPath, Json(List("10", Item("web", 8))));
        _watched.Start();
        Assert.Contains(
            "timeoutSeconds=300",
            (await _server.UntilReceivedAsync(WatchPath)).Query,
            StringComparison.Ordinal
        );
        await _time.UntilTimerDueInAsync(TimeSpan.FromSeconds(305));
        _time.Advance(TimeSpan.FromSeconds(305));
        await _time.UntilTimerDueInAsync(TimeSpan.FromMilliseconds(125));
        _time.Advance(TimeSpan.FromMilliseconds(125));
        await _server.UntilReceivedAsync(WatchPath, 2);
    }

    [Fact]
    public async Task The_answer_to_a_write_is_seen_at_once_and_an_older_event_does_not_undo_it()
    {
        var late = new TaskCompletionSource();
        _server.On(ListPath, Json(List("10", Item("web", 8))));
        _server.On(
            WatchPath,
            async context =>
            {
                await Watch()(context);
                await late.Task;
                await _server.WatchAndHold(
                    Line("MODIFIED", Item("web", 11, replicas: 2)),
                    Line("ADDED", Item("mark", 12))
                )(context);
            }
        );
        _watched.Start();
        await _server.UntilReceivedAsync(WatchPath);
        _watched.Apply(
            new Deployment
            {
                Metadata = new ObjectMeta
                {
                    Name = "web",
                    Namespace = "shop",
                    Uid = "uid-web",
                    ResourceVersion = "100",
                },
                Spec = new DeploymentSpec(0, null),
            }
        );
        Assert.Equal(0, _watched.Items.Single().Spec!.Replicas);
        late.SetResult();
        await UntilAsync(() => _watched.Items.Count == 2);
        Assert.True(_watched.TryFind("shop", "web", out var web));
        Assert.Equal("100", web.Metadata.ResourceVersion);
    }

    [Fact]
    public async Task The_answer_to_a_write_of_an_object_that_was_replaced_is_ignored()
    {
        _server.On(ListPath, Json(List("10", Item("web", 8))));
        _watched.Start();
        await UntilAsync(() => _watched.Synced);
        _watched.Apply(
            new Deployment
            {
                Metadata = new ObjectMeta
                {
                    Name = "web",
                    Namespace = "shop",
                    Uid = "another",
                    ResourceVersion = "100",
                },
            }
        );
        Assert.Equal("8", _watched.Items.Single().Metadata.ResourceVersion);
    }

    [Fact]
    public async Task What_was_deleted_while_a_list_was_on_its_way_does_not_come_back_with_it()
    {
        var late = new TaskCompletionSource();
        _server.On(
            ListPath,
            Json(List("10", Item("web", 8), Item("api", 9))),
            async context =>
            {
                await late.Task;
                await Json(List("11", Item("web", 8), Item("api", 9)))(context);
            },
            Json(List("13", Item("web", 8), Item("api", 9)))
        );
        _server.On(WatchPath, _server.WatchAndHold());
        _watched.Start();
        await _server.UntilReceivedAsync(WatchPath);
        _watched.ListAgain();
        await _server.UntilReceivedAsync(ListPath, 2);
        Assert.True(_watched.TryFind("shop", "web", out var web));
        _watched.Remove(web);
        late.SetResult();
        await UntilAsync(() => _watched.IsCurrent);
        Assert.Equal(["api"], _watched.Items.Select(item => item.Metadata.Name));

        // A list that begins later is right: the server may have been restored from a backup.
        _watched.ListAgain();
        await UntilAsync(() => _watched.IsCurrent);
        Assert.Equal(["api", "web"], _watched.Items.Select(item => item.Metadata.Name).Order());
    }

    [Theory]
    [InlineData("10", "9", true)]
    [InlineData("9", "10", false)]
    [InlineData("10", "10", false)]
    [InlineData("18446744073709551616", "18446744073709551615", true)]
    [InlineData("x", "1", null)]
    [InlineData("", "1", null)]
    public void Versions_are_compared_as_numbers(string a, string b, bool? newer) =>
        Assert.Equal(newer, ResourceVersion.IsNewer(a, b));

    internal static string Item(string name, int version, int replicas = 1) =>
        $$$"""
            {"metadata":{"name":"{{{name}}}","namespace":"shop","uid":"uid-{{{name}}}",
             "resourceVersion":"{{{version}}}",
             "generation":1},"spec":{"replicas":{{{replicas}}}}}
            """;

    // A line of a watch ends at the first line end.
    internal static string Line(string type, string item) =>
        $$"""{"type":"{{type}}","object":{{item.ReplaceLineEndings("")}}}""";

    private async Task UntilAsync(Func<bool> holds)
    {
        var changed = new SemaphoreSlim(0);
        void Note() => changed.Release();
        _watched.Changed += Note;
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!holds())
            await changed.WaitAsync(deadline.Token);
        _watched.Changed -= Note;
    }
}
