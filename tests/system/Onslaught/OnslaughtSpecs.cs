using System.Diagnostics;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Onslaught;

/// <summary>The operator as a process of its own while the worst inputs of every kind come at once.</summary>
public sealed class OnslaughtSpecs
{
    /// <summary>What is shipped is native; the compiler of a build for this machine takes more beside it.</summary>
    private static readonly long MostMemory = (ShippedProgram.IsGiven("operator") ? 256 : 320) * 1024L * 1024;

    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Lasts = TimeSpan.FromSeconds(10);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [LongFact]
    public async Task It_polls_leads_answers_and_acts_as_ever()
    {
        await using var world = await LiveWorld.StartAsync(
            new Dictionary<string, string> { ["Simulation__Speed"] = "1" }
        );
        var (polls, sync) = (new List<long>(), new Lock());
        await using var wire = new Relay(
            world.Ups.Port,
            () =>
            {
                lock (sync)
                    polls.Add(Stopwatch.GetTimestamp());
            }
        );
        var port = FreePort.Take();
        var settings = world.Settings(port);
        settings["Power__Sources__0"] = $"nut://127.0.0.1:{wire.Port}/{world.Ups.Name}";
        settings["Power__PollInterval"] = "2s";
        // What the runtime itself takes of a container with the limit of deploy/base, 256 MiB: three quarters.
        settings["DOTNET_GCHeapHardLimit"] = "C000000";
        settings["Power__OnBatteryFor"] = "0s";
        await using var ebb = RealProcess.Launch("operator", "Ebb.Operator", settings, port);
        ebb.Http.DefaultRequestHeaders.Add("x-functions-key", LiveWorld.ControlKey);
        await ebb.UntilAsync(
            async () => (int?)(await ebb.TryGetAsync("/api/status"))?["workloads"]?["awake"] >= 14,
            "everything is awake"
        );
        var acted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var leader = Leader(world);
        using var lag = new MachineLag();
        lock (sync)
            polls.Clear();
        var (began, memory, health, answers) = (Stopwatch.GetTimestamp(), 0L, TimeSpan.Zero, 0);
        TimeSpan? action = null;
        await using (var attack = new Attack(ebb, world))
        {
            var pulled = 0L;
            while (
                Stopwatch.GetElapsedTime(began) < Lasts
                || (action is null && Stopwatch.GetElapsedTime(began) < 3 * Lasts)
            )
            {
                if (pulled == 0 && Stopwatch.GetElapsedTime(began) > Lasts / 2)
                {
                    world.Cluster.Faults.AfterApplied = request =>
                    {
                        if (request.Path.Contains("/baselines", StringComparison.Ordinal) && request.Method != "GET")
                            acted.TrySetResult();
                    };
                    pulled = Stopwatch.GetTimestamp();
                    world.Ups.PullThePlug();
                }
                var asked = Stopwatch.GetTimestamp();
                using var answer = await ebb.Http.GetAsync("/healthz", Stop);
                Assert.Equal(200, (int)answer.StatusCode);
                var took = Stopwatch.GetElapsedTime(asked);
                health = took > health ? took : health;
                ebb.Process.Refresh();
                memory = Math.Max(memory, ebb.Process.WorkingSet64);
                await Task.WhenAny(acted.Task, Task.Delay(100, Stop));
                if (action is null && acted.Task.IsCompleted)
                    action = Stopwatch.GetElapsedTime(pulled);
                if (acted.Task.IsCompleted)
                    await Task.Delay(100, Stop);
            }
            answers = attack.Answers;
        }
        var gaps = Gaps(polls, sync);
        var measured =
            $"polls {string.Join(" ", gaps.Select(gap => $"{gap.TotalSeconds:0.00}"))}; acted after {action?.TotalSeconds:0.00} s; "
            + $"health {health.TotalMilliseconds:0} ms; {memory >> 20} MiB; {answers} answers; the machine's lag {lag.Most.TotalMilliseconds:0} ms";
        TestContext.Current.SendDiagnosticMessage(measured);
        TestContext.Current.TestOutputHelper?.WriteLine(measured);
        // What the machine takes from a thread that wants nothing it takes from the process too, at more than one step.
        var spare = 3 * lag.Most;
        Assert.True(answers > 0, measured);
        Assert.NotEmpty(gaps);
        Assert.All(gaps, gap => Assert.True((gap - Poll).Duration() < TimeSpan.FromSeconds(0.5) + spare, measured));
        Assert.True(action < Poll + TimeSpan.FromSeconds(1) + spare, measured);
        Assert.True(health < TimeSpan.FromSeconds(1) + spare, measured);
        Assert.True(memory <= MostMemory, measured);
        Assert.Equal(leader, Leader(world));
    }

    /// <summary>
    /// From the beginning of one reading to that of the next; a reading is some requests close together.
    /// </summary>
    private static List<TimeSpan> Gaps(List<long> polls, Lock sync)
    {
        lock (sync)
        {
            List<long> begins = [];
            foreach (var at in polls)
                if (begins.Count == 0 || Stopwatch.GetElapsedTime(begins[^1], at) > Poll / 2)
                    begins.Add(at);
            return [.. begins.Zip(begins.Skip(1), Stopwatch.GetElapsedTime)];
        }
    }

    /// <summary>Who holds the lease, and how often it changed hands.</summary>
    private static string Leader(LiveWorld world) =>
        string.Join(
            ' ',
            world
                .Cluster.Store.List("leases.coordination.k8s.io")
                .Select(lease => $"{lease["spec"]!["holderIdentity"]} {lease["spec"]!["leaseTransitions"]}")
        );
}
