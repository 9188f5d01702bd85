using Ebb.Simulation.World.Keda;
using Ebb.Tests.Harness;
using static Ebb.Tests.Scaler.Manifests;

namespace Ebb.Tests.Simulation;

/// <summary>The simulated KEDA goes on asking whatever becomes of an answer.</summary>
public sealed class KedaPollSpecs
{
    [Fact]
    public async Task An_answer_that_comes_at_the_moment_of_the_next_poll_does_not_take_its_place()
    {
        var scaler = new LateScaler();
        await using var world = await World.StartAsync(Node("node-1", "8") + Deployment("queue", 1));
        world.Cluster.Scalers.Use("external", scaler);
        await world.Cluster.ApplyManifestAsync(Scaled("queue", "follow: capacity"));
        // It is inactive, which is in the status by now, so that the late answer changes nothing.
        for (var minutes = 0; minutes < 3; minutes++)
            world.Clock.Advance(TimeSpan.FromMinutes(1));
        scaler.IsLate = true;
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        var asked = scaler.Asked;

        // The answer and the next poll are both there when KEDA comes to it.
        world.Cluster.ControllersRun = false;
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        scaler.Answer();
        scaler.IsLate = false;
        world.Cluster.ControllersRun = true;
        Assert.Equal(asked + 1, scaler.Asked);
    }

    /// <summary>Counts how often it is asked, and answers late when it is told to.</summary>
    private sealed class LateScaler : IScalerClient
    {
        private readonly TaskCompletionSource<bool> _answer = new();

        public int Asked { get; private set; }

        public bool IsLate { get; set; }

        /// <summary>Returns when KEDA has the answer: a thread without a context runs what waits for it.</summary>
        public void Answer()
        {
            var thread = new Thread(() => _answer.SetResult(false));
            thread.Start();
            Assert.True(thread.Join(TimeSpan.FromSeconds(20)));
        }

        public Task<bool> IsActive(ScalerQuestion question, CancellationToken ct) =>
            IsLate ? _answer.Task : Task.FromResult(false);

        public Task<IReadOnlyList<ScalerMetric>> GetMetricSpec(ScalerQuestion question, CancellationToken ct)
        {
            Asked++;
            return Task.FromResult<IReadOnlyList<ScalerMetric>>([new ScalerMetric("replicas", 1)]);
        }

        public Task<double> GetMetrics(ScalerQuestion question, string metric, CancellationToken ct) =>
            Task.FromResult(1.0);

        public Task StreamIsActive(ScalerQuestion question, Action<bool> pushed, CancellationToken ct) =>
            Task.CompletedTask;
    }
}
