using System.Text.Json.Nodes;
using Ebb.Simulation.Access;
using Ebb.Simulation.Api;
using Ebb.Simulation.Clock;
using Ebb.Simulation.Faults;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Rules;
using Ebb.Simulation.Store;
using Ebb.Simulation.World;
using Ebb.Simulation.World.Keda;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ebb.Simulation;

/// <summary>
/// A simulated Kubernetes cluster: its API on a real socket, its controllers and nodes on the simulation's clock.
/// </summary>
public sealed class SimulatedCluster : IAsyncDisposable
{
    private readonly Registry registry;
    private readonly ControlPlane plane;
    private readonly Authorizer authorizer;
    private readonly ApiServer api;
    private WebApplication? host;

    private SimulatedCluster(SimulationOptions options)
    {
        Clock = options.Clock;
        registry = new Registry(
            new ObjectStore(),
            new ResourceCatalogue(),
            options.Clock,
            new NameGenerator(options.Seed)
        );
        plane = new ControlPlane(registry, options.Clock);
        foreach (var controller in Controllers.All(options, Scalers))
        {
            plane.Add(controller);
        }

        authorizer = new Authorizer(registry.Store, options.EnforceRbac, options.OwnersNeedDelete);
        var wire = options.WireTime ?? (options.Clock.Speed == 0 ? options.Clock : TimeProvider.System);
        api = new ApiServer(registry, plane, authorizer, Requests, Faults, wire);
        Faults.Cut += api.CutAll;
        Store = new ClusterStore(registry, plane);
    }

    public SimulationClock Clock { get; }

    /// <summary>Where the API is served: http://127.0.0.1:port.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1");

    /// <summary>A kubeconfig for an administrator of this cluster.</summary>
    public string Kubeconfig => KubeconfigFor(authorizer.AdminToken);

    public ClusterStore Store { get; }

    public RequestLog Requests { get; } = new();

    public FaultInjector Faults { get; } = new();

    /// <summary>The answers of ScaledObjects' triggers, where a test sets them instead of the manifest.</summary>
    public ScalerClients Scalers { get; } = new();

    public static async Task<SimulatedCluster> StartAsync(SimulationOptions options, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(options);
        var cluster = new SimulatedCluster(options);
        cluster.Furnish(options.World);
        await cluster.Listen(options.KubernetesPort, ct);
        return cluster;
    }

    /// <summary>A bearer token for a service account, which need not exist.</summary>
    public string TokenFor(string ns, string name) => authorizer.TokenFor(ns, name);

    /// <summary>A kubeconfig that presents this token.</summary>
    public string KubeconfigFor(string token) =>
        $"""
            apiVersion: v1
            kind: Config
            clusters:
            - name: simulation
              cluster:
                server: {Address.ToString().TrimEnd('/')}
            users:
            - name: simulation
              user:
                token: {token}
            contexts:
            - name: simulation
              context:
                cluster: simulation
                user: simulation
            current-context: simulation

            """;

    /// <summary>Creates or replaces every object of a manifest, in order; a missing namespace is made.</summary>
    public Task ApplyManifestAsync(string yamlDocuments)
    {
        ApplyManifest(yamlDocuments);
        return Task.CompletedTask;
    }

    /// <summary>Runs all controllers until nothing changes at the present instant.</summary>
    public void Step()
    {
        lock (registry.Store.SyncLock)
        {
            plane.Run();
        }
    }

    /// <summary>While false no controller, scheduler or kubelet acts; changes are queued.</summary>
    public bool ControllersRun
    {
        get => plane.Enabled;
        set
        {
            lock (registry.Store.SyncLock)
            {
                plane.Enabled = value;
                plane.Run();
            }
        }
    }

    /// <summary>What controllers have failed with, the first of it; empty: nothing.</summary>
    public IReadOnlyList<string> ControllerFaults
    {
        get
        {
            lock (registry.Store.SyncLock)
            {
                return [.. plane.Faults];
            }
        }
    }

    /// <summary>Cuts a node's power: its pods stop at once, and the API shows it 40 s later.</summary>
    public void PowerOffNode(string name) => Power(name, "off");

    /// <summary>Restores a node's power: it reports Ready, and its pods start again.</summary>
    public void PowerOnNode(string name) => Power(name, null);

    public async ValueTask DisposeAsync()
    {
        plane.Stop();
        lock (registry.Store.SyncLock)
        {
            registry.Store.EndWatches(expired: false);
        }

        api.CutAll();
        if (host is not null)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
            await host.StopAsync(patience.Token);
            await host.DisposeAsync();
        }

        api.Dispose();
    }

    private void Power(string node, string? value) =>
        Store.Patch(
            "nodes",
            null,
            node,
            new JsonObject
            {
                ["metadata"] = new JsonObject
                {
                    ["annotations"] = new JsonObject { [SimulationAnnotations.Power] = value },
                },
            }
        );

    private void Furnish(string? world)
    {
        foreach (var name in (string[])["default", "kube-system", "kube-public", "kube-node-lease"])
        {
            Store.Apply(
                new JsonObject
                {
                    ["apiVersion"] = "v1",
                    ["kind"] = "Namespace",
                    ["metadata"] = new JsonObject { ["name"] = name },
                }
            );
        }

        foreach (var name in Embedded.Names(".crd.yaml"))
        {
            ApplyManifest(Embedded.Whole(name));
        }

        ApplyManifest(world ?? DefaultWorld.Manifest);
    }

    private void ApplyManifest(string yaml)
    {
        lock (registry.Store.SyncLock)
        {
            foreach (var document in Yaml.Yaml.Documents(yaml))
            {
                foreach (
                    var tree in document.Text("kind") == "List"
                        ? document.Objects("items").Select(i => i.Copy()).ToList()
                        : [document]
                )
                {
                    if (registry.Catalogue.Of(tree) is { Type.Namespaced: true })
                    {
                        if (tree.Namespace().Length == 0)
                        {
                            tree.Meta()["namespace"] = "default";
                        }

                        if (registry.Store.Find(Resources.NamespaceResource.Type, "", tree.Namespace()) is null)
                        {
                            Store.Apply(
                                new JsonObject
                                {
                                    ["apiVersion"] = "v1",
                                    ["kind"] = "Namespace",
                                    ["metadata"] = new JsonObject { ["name"] = tree.Namespace() },
                                }
                            );
                        }
                    }

                    var status = tree["status"]?.DeepClone();
                    Store.Apply(tree);
                    if (status is not null && registry.Catalogue.Of(tree) is { Type: { HasStatus: true } type })
                    {
                        Store.Patch(
                            type.Qualified,
                            type.Namespaced ? tree.Namespace() : "",
                            tree.Name(),
                            new JsonObject { ["status"] = status },
                            "status"
                        );
                    }
                }
            }
        }
    }

    private async Task Listen(int port, CancellationToken ct)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.Limits.MaxRequestBodySize = 8 * 1024 * 1024;
                kestrel.Listen(System.Net.IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http1);
            });
        builder.Logging.ClearProviders();
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(o =>
            o.ShutdownTimeout = TimeSpan.FromSeconds(1)
        );
        host = builder.Build();
        ((IApplicationBuilder)host).Run(api.Handle);
        await host.StartAsync(ct);
        var bound = host
            .Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!
            .Addresses.First();
        Address = new Uri(bound);
        api.Address = Address.Authority;
    }
}
