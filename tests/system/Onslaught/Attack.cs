using System.Net.Sockets;
using System.Text;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Onslaught;

/// <summary>The worst that is known of each kind, all at once, until it is disposed.</summary>
internal sealed class Attack : IAsyncDisposable
{
    private const int Posters = 24;
    private const int SlowClients = 100;
    private readonly CancellationTokenSource _end = new();
    private readonly RealProcess _ebb;
    private readonly LiveWorld _world;
    private readonly List<Task> _all = [];
    private int _answers;

    public Attack(RealProcess ebb, LiveWorld world)
    {
        (_ebb, _world) = (ebb, world);
        for (var i = 0; i < Posters; i++)
        {
            var document = Documents[i % Documents.Length];
            _all.Add(Task.Run(() => PostAsync(document)));
        }
        for (var i = 0; i < SlowClients; i++)
            _all.Add(Task.Run(StallAsync));
        _all.Add(Task.Run(WriteCalendarsAsync));
        _all.Add(Task.Run(WriteSelectorsAsync));
    }

    /// <summary>Manifests that were answered, with whatever.</summary>
    public int Answers => _answers;

    private static readonly string[] Documents =
    [
        Times("? ", 32_700) + "x",
        Times("[", 32_700) + Times("]", 32_700),
        Times("- ", 1_000_000),
        Times("{a: ", 500_000),
        "a: \"" + Times("\\x41", 500_000) + "\"",
        "- &a [x, x]\n"
            + string.Concat(Enumerable.Range('a', 25).Select(c => $"- &{(char)(c + 1)} [*{(char)c}, *{(char)c}]\n"))
            + "- ? [*z]\n  : x\n",
        string.Concat(
            Enumerable
                .Range(0, 2000)
                .Select(i =>
                    $"""
                        ---
                        apiVersion: autoscaling.d-kuro.github.io/v1
                        kind: Schedule
                        metadata: {"{"}name: s{i}, namespace: shop{"}"}
                        spec: {"{"}scaleTargetRef: {"{"}kind: Deployment, name: d{i}{"}"}, type: Daily, startTime: "08:00", endTime: "07:59"{"}"}

                        """
                )
        ),
    ];

    private static readonly string[] Calendars =
    [
        // A line of 976 KiB, folded after each character.
        $"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:{Times("x\r\n ", 250_000)}x\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        // As many rules without an end as fit.
        "BEGIN:VCALENDAR\r\n"
            + Times("BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:19700101\r\nRRULE:FREQ=DAILY\r\nEND:VEVENT\r\n", 11_000)
            + "END:VCALENDAR\r\n",
    ];

    private async Task PostAsync(string document)
    {
        using var http = new HttpClient { BaseAddress = _ebb.Http.BaseAddress, Timeout = TimeSpan.FromSeconds(30) };
        http.DefaultRequestHeaders.Add("x-functions-key", LiveWorld.ControlKey);
        while (!_end.IsCancellationRequested)
        {
            using var content = new StringContent(document, Encoding.UTF8, "application/yaml");
            try
            {
                using var answer = await http.PostAsync("/api/schedules/preview", content, _end.Token);
                Assert.True((int)answer.StatusCode < 500, $"{(int)answer.StatusCode}");
                Interlocked.Increment(ref _answers);
            }
            catch (OperationCanceledException) when (_end.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>Half a request, and then a byte now and again.</summary>
    private async Task StallAsync()
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync("127.0.0.1", _ebb.Port, _end.Token);
            var stream = client.GetStream();
            await stream.WriteAsync(
                "POST /api/schedules/preview HTTP/1.1\r\nHost: localhost\r\nX: "u8.ToArray(),
                _end.Token
            );
            while (true)
            {
                await stream.WriteAsync("y"u8.ToArray(), _end.Token);
                await Task.Delay(100, _end.Token);
            }
        }
        catch (Exception end) when (end is OperationCanceledException or IOException or SocketException)
        {
            // It was thrown out, or all of it is over.
        }
    }

    /// <summary>UpsScalers that the definition takes, as large as it lets them be, and others each time.</summary>
    private async Task WriteSelectorsAsync()
    {
        var values = string.Join(", ", Enumerable.Range(0, 256).Select(i => $"v{i}-{Times("x", 50)}"));
        for (var i = 0; !_end.IsCancellationRequested; i++)
        {
            var expressions = string.Join(
                "",
                Enumerable.Range(0, 64).Select(n => $"\n      - {{key: k{n}-{i}, operator: NotIn, values: [{values}]}}")
            );
            await _world.Cluster.ApplyManifestAsync(
                $$"""
                apiVersion: ups-scaler.io/v1alpha1
                kind: UpsScaler
                metadata: {name: worst-{{i % 8}}, namespace: shop}
                spec:
                  type: statefulset
                  shutdownPriority: {{i}}
                  scaleUpPriority: -{{i}}
                  selector:
                    matchLabels: {nobody: has-this}
                    matchExpressions:{{expressions}}
                """
            );
            await Task.Delay(250, _end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WriteCalendarsAsync()
    {
        for (var i = 0; !_end.IsCancellationRequested; i++)
        {
            var lines = Calendars[i % Calendars.Length].Split("\r\n").Select(line => "    " + line);
            await _world.Cluster.ApplyManifestAsync(
                $$"""
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: days, namespace: shop}
                data:
                  version: "{{i}}"
                  days.ics: |
                {{string.Join('\n', lines)}}
                ---
                apiVersion: autoscaling.d-kuro.github.io/v1
                kind: Schedule
                metadata: {name: worst, namespace: shop}
                spec:
                  scaleTargetRef: {kind: Deployment, name: storefront}
                  type: Daily
                  startTime: "00:00"
                  endTime: "24:00"
                  minReplicas: 1
                  excludeCalendarRef: {name: days, key: days.ics, mode: busy}
                """
            );
            await Task.Delay(1000, _end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static string Times(string piece, int times) => string.Concat(Enumerable.Repeat(piece, times));

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_all);
        _end.Dispose();
    }
}
