using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Leases;
using Ebb.Tests.Harness;
using Microsoft.AspNetCore.Http;
using NodaTime;
using static Ebb.Tests.Kube.ScriptedApiServer;

namespace Ebb.Tests.Kube;

/// <summary>
/// Leadership at a slow API server. The clock moves second by second, after everything that is due has happened.
/// </summary>
public sealed class SlowLeaseSpecs : IAsyncLifetime
{
    private const string Collection = "/apis/coordination.k8s.io/v1/namespaces/ebb-system/leases";
    private const string Item = $"{Collection}/ebb";
    private const string Lease =
        """{"metadata":{"name":"ebb","namespace":"ebb-system","uid":"u","resourceVersion":"1"},"spec":{}}""";

    private readonly ManualTimeProvider _time = new();
    private ScriptedApiServer _server = null!;
    private KubernetesApi _api = null!;
    private LeaseLeadership _leadership = null!;
    private volatile int _held;

    public async ValueTask InitializeAsync()
    {
        _server = await StartAsync();
        _api = new KubernetesApi(_server.Connection, _time);
        _leadership = new LeaseLeadership(_api, "ebb-system", "ebb", "one");
    }

    public async ValueTask DisposeAsync()
    {
        _leadership.Dispose();
        _api.Dispose();
        await _server.DisposeAsync();
    }

    [LongTheory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(10)]
    public async Task The_lead_has_no_gap_while_each_answer_takes_its_seconds(int seconds)
    {
        var late = TimeSpan.FromSeconds(seconds);
        _server.On($"GET {Item}", After(late, Status(404, "NotFound")));
        _server.On($"POST {Collection}", After(late, Json(Lease)));
        _server.On($"PATCH {Item}", After(late, Json(Lease)));
        var begin = _time.GetUtcNow();
        var renewals = new List<Task>();
        for (var second = 0; second <= 120; second++)
        {
            // The first read was answered just now: the lease is taken.
            if (second == seconds)
                await UntilAsync(() => _held == 2, "the lease is taken");
            if (second % 2 == 0)
            {
                var held = _held;
                renewals.Add(_leadership.RenewAsync(Token));
                // While the first read is on its way, further calls wait for it.
                if (second == 0 || second >= seconds)
                    await UntilAsync(() => _held == held + 1, "a renewal is sent");
            }

            if (second >= 2 * seconds)
            {
                // Sent when the first read was answered, and every two seconds from then on.
                var newest = Math.Max(seconds, (second - seconds) / 2 * 2);
                var until = Instant.FromDateTimeOffset(begin) + Duration.FromSeconds(newest + 14);
                await UntilAsync(() => _leadership.HeldUntil == until, $"it is held at second {second} until {until}");
            }

            _time.Advance(TimeSpan.FromSeconds(1));
        }

        await Task.WhenAll(renewals);
    }

    [Fact]
    public async Task A_renewal_that_is_confirmed_after_the_lease_was_given_back_gives_nothing()
    {
        var answer = new TaskCompletionSource();
        _server.On($"GET {Item}", Status(404, "NotFound"));
        _server.On($"POST {Collection}", Json(Lease));
        _server.On(
            $"PATCH {Item}",
            async context =>
            {
                await answer.Task;
                await Json(Lease)(context);
            },
            Json(Lease)
        );
        await _leadership.RenewAsync(Token);
        Assert.NotNull(_leadership.HeldUntil);
        var renewal = _leadership.RenewAsync(Token);
        await _server.UntilReceivedAsync($"PATCH {Item}");
        await _leadership.ReleaseAsync(Token);
        answer.SetResult();
        await renewal;
        Assert.Null(_leadership.HeldUntil);
        Assert.Null(_leadership.Holder);
    }

    [Fact]
    public async Task Renewals_that_are_not_answered_are_at_most_eight_and_the_lead_ends()
    {
        _server.On($"GET {Item}", Status(404, "NotFound"));
        _server.On($"POST {Collection}", Json(Lease));
        _server.On($"PATCH {Item}", _server.Silence);
        await _leadership.RenewAsync(Token);
        var calls = new List<Task>();
        for (var i = 0; i < 13; i++)
        {
            calls.Add(_leadership.RenewAsync(Token));
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        await _server.UntilReceivedAsync($"PATCH {Item}", 8);
        await Task.WhenAll(calls);
        Assert.NotNull(_leadership.HeldUntil);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(_leadership.HeldUntil);
        Assert.Equal(8, _server.ReceivedFor($"PATCH {Item}").Count);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Func<HttpContext, Task> After(TimeSpan late, Func<HttpContext, Task> answer) =>
        async context =>
        {
            var wait = Task.Delay(late, _time, context.RequestAborted);
            Interlocked.Increment(ref _held);
            await wait;
            await answer(context);
        };

    private static async Task UntilAsync(Func<bool> holds, string what)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!holds())
        {
            Assert.False(deadline.IsCancellationRequested, $"expected: {what}");
            await Task.Delay(2, Token);
        }
    }
}
