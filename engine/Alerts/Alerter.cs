using System.Threading.Channels;
using Ebb.Core.Waves;
using Ebb.Engine.Clocks;
using Ebb.Engine.Instruments;
using Ebb.Engine.Power;
using Ebb.Engine.Settings;

namespace Ebb.Engine.Alerts;

/// <summary>
/// Sends webhooks when the phase changes. The power path only enqueues a message: each target has a short queue of its
/// own, a
/// deadline for each attempt, a bound on attempts and a pause between messages; what does not fit is dropped and
/// counted.
/// </summary>
internal sealed partial class Alerter : BackgroundService
{
    private const int Waiting = 16;
    private const int Attempts = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);
    private readonly List<(AlertTarget Target, Channel<AlertMessage> Queue)> _targets;
    private readonly HttpClient _http;
    private readonly TimeProvider _time;
    private readonly ILogger<Alerter> _log;
    private Phase? _last;

    public Alerter(EbbSettings settings, PowerPath path, EngineClocks clocks, ILogger<Alerter> log)
    {
        (_time, _log) = (clocks.Deadlines, log);
        // Redirects could carry a secret address elsewhere.
        _http = new HttpClient(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                ConnectTimeout = Patience,
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            }
        )
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _targets =
        [
            .. settings.Alerts.Select(target =>
                (
                    target,
                    Channel.CreateBounded<AlertMessage>(
                        new BoundedChannelOptions(Waiting) { FullMode = BoundedChannelFullMode.DropOldest },
                        _ => Measures.Alerted("dropped")
                    )
                )
            ),
        ];
        path.Changed += view =>
        {
            if (!path.Leads || view.Plan.Phase == _last)
                return;
            // What this process finds when it starts is no change.
            var first = _last is null && view.Plan.Phase == Phase.Normal;
            _last = view.Plan.Phase;
            if (first)
                return;
            var message = AlertMessage.Of(view);
            foreach (var (_, queue) in _targets)
                queue.Writer.TryWrite(message);
        };
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(_targets.Select(t => TellAsync(t.Target, t.Queue.Reader, stoppingToken)));

    private async Task TellAsync(AlertTarget target, ChannelReader<AlertMessage> queue, CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var message in queue.ReadAllAsync(stoppingToken))
            {
                var trouble = await SendAsync(target, message, stoppingToken);
                Measures.Alerted(trouble is null ? "sent" : "failed");
                if (trouble is not null)
                    NotTold(_log, target.ToString(), message.Phase, trouble);
                await Task.Delay(Between, _time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process ends.
        }
    }

    private async Task<string?> SendAsync(AlertTarget target, AlertMessage message, CancellationToken stoppingToken)
    {
        string? trouble = null;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (attempt > 0)
                await Task.Delay(TimeSpan.FromSeconds(1 << attempt), _time, stoppingToken);
            bool again;
            (trouble, again) = await TryAsync(target, message, stoppingToken);
            if (trouble is null || !again)
                return trouble;
        }
        return $"{trouble}, {Attempts} times";
    }

    private async Task<(string? Trouble, bool Again)> TryAsync(
        AlertTarget target,
        AlertMessage message,
        CancellationToken stoppingToken
    )
    {
        using var deadline = new CancellationTokenSource(Patience, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stoppingToken);
        using var request = new HttpRequestMessage(HttpMethod.Post, target.Url) { Content = message.Body(target.Form) };
        if (target.Form == AlertForm.Ntfy)
        {
            request.Headers.Add("X-Title", "Ebb");
            request.Headers.Add("X-Priority", message.Urgent ? "5" : "3");
        }
        try
        {
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, linked.Token);
            if (answer.IsSuccessStatusCode)
                return (null, false);
            return ($"it answered {(int)answer.StatusCode}", (int)answer.StatusCode is 408 or 429 or >= 500);
        }
        catch (HttpRequestException failure)
        {
            return ($"it cannot be reached ({failure.HttpRequestError})", true);
        }
        catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
        {
            return ($"no answer within {Patience.TotalSeconds:0} s", true);
        }
    }

    public override void Dispose()
    {
        _http.Dispose();
        base.Dispose();
    }

    [LoggerMessage(60, LogLevel.Warning, "the alert target {Target} was not told of {Phase}: {Trouble}")]
    private static partial void NotTold(ILogger log, string target, string phase, string trouble);
}

internal static class AlertServices
{
    public static IServiceCollection AddAlerts(this IServiceCollection services, EbbSettings settings)
    {
        if (settings.Alerts.Count > 0)
            services.AddHostedService<Alerter>();
        return services;
    }
}
