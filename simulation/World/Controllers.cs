using Ebb.Simulation.World.Keda;

namespace Ebb.Simulation.World;

/// <summary>
/// All controllers, in the order in which they see a write. A new one is a file beside this one and a line here.
/// </summary>
internal static class Controllers
{
    public static IEnumerable<Controller> All(SimulationOptions options, ScalerClients scalers)
    {
        var polls = new PollResults();
        return
        [
            new DefinitionController(),
            new NamespaceController(),
            new GarbageCollector(),
            new DeploymentController(options),
            new ReplicaSetController(options),
            new StatefulSetController(),
            new DaemonSetController(),
            new CronJobController(),
            new JobController(),
            new KedaOperator(options, scalers, polls),
            new HpaController(options, scalers, polls),
            new PostgresController(),
            new KeepingOperator(),
            new VolumeAttacher(),
            new EndpointSliceController(),
            new NodeLifecycle(),
            new EphemeralVolumeController(),
            new VolumeController(),
            new Scheduler(),
            new Kubelet(),
            new EventExpiry(),
        ];
    }
}
