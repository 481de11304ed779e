import CVector
import VectorInterface

extension Implementation {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static func pool(
        _ top: UnsafePointer<Float>, _ bottom: UnsafePointer<Float>, _ rows: PooledRows,
        affine: ChannelAffine?, _ activation: FusedActivation,
        into y: UnsafeMutablePointer<Float>, winners: UnsafeMutablePointer<UInt8>
    ) {
        let pair = RowPair(top: top, bottom: bottom, rows: rows)
        if let affine {
            let map = Affine(scale: affine.scale, shift: affine.shift)
            pool(activation, pair, map, y, winners)
        } else {
            pool(activation, pair, IdentityMap(), y, winners)
        }
    }

    @inline(__always)
    private static func pool<Map: ChannelMap>(
        _ activation: FusedActivation, _ pair: RowPair, _ map: Map,
        _ y: UnsafeMutablePointer<Float>, _ winners: UnsafeMutablePointer<UInt8>
    ) {
        switch activation {
        case .identity: pool(IdentityActivation.self, pair, map, y, winners)
        case .relu: pool(ReLUActivation.self, pair, map, y, winners)
        case .gelu: pool(GELUActivation.self, pair, map, y, winners)
        }
    }

    @inline(__always)
    private static func pool<Activation: VectorActivation, Map: ChannelMap>(
        _: Activation.Type, _ pair: RowPair, _ map: Map,
        _ y: UnsafeMutablePointer<Float>, _ winners: UnsafeMutablePointer<UInt8>
    ) {
        let channels = pair.rows.channels
        for window in 0..<pair.rows.windowCount {
            forEachVector(of: channels) { start, lanes in
                let map = map.channels(start, lanes)
                let x = pair.window(window, start, lanes)
                @inline(__always)
                func value(_ x: Vector) -> Vector { Activation.value(map(x)) }
                var (largest, winner) = (value(x.0), Vector())
                take(value(x.1), 1, &largest, &winner)
                take(value(x.2), 2, &largest, &winner)
                take(value(x.3), 3, &largest, &winner)
                let place = window &* channels &+ start
                store(largest, y + place, lanes)
                storeBytes(winner, winners + place, lanes)
            }
        }
    }

    @inline(__always)
    private static func take(
        _ value: Vector, _ number: Float, _ largest: inout Vector, _ winner: inout Vector
    ) {
        winner = cvector_where_greater(Vector(repeating: number), value, largest, winner)
        largest = cvector_maximum(largest, value)
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static func unpool(
        _ dy: UnsafePointer<Float>, winners: UnsafePointer<UInt8>, _ rows: PooledRows,
        into top: UnsafeMutablePointer<Float>, _ bottom: UnsafeMutablePointer<Float>
    ) {
        let channels = rows.channels
        for window in 0..<rows.windowCount {
            forEachVector(of: channels) { start, lanes in
                let place = window &* channels &+ start
                let gradient = load(dy + place, lanes)
                let winner = loadBytes(winners + place, lanes)
                let left = 2 &* window &* channels &+ start
                store(part(gradient, winner, 0), top + left, lanes)
                store(part(gradient, winner, 1), top + left + channels, lanes)
                store(part(gradient, winner, 2), bottom + left, lanes)
                store(part(gradient, winner, 3), bottom + left + channels, lanes)
            }
        }
        for column in 2 &* rows.windowCount..<rows.width {
            (top + column &* channels).update(repeating: 0, count: channels)
            (bottom + column &* channels).update(repeating: 0, count: channels)
        }
    }

    @inline(__always)
    private static func part(_ gradient: Vector, _ winner: Vector, _ number: Float) -> Vector {
        cvector_where_equal(gradient, winner, Vector(repeating: number))
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static func addPooledGradientSums(
        _ top: UnsafePointer<Float>, _ bottom: UnsafePointer<Float>,
        outputGradient dy: UnsafePointer<Float>, winners: UnsafePointer<UInt8>,
        _ rows: PooledRows, affine: ChannelAffine, mean: UnsafePointer<Float>,
        _ activation: FusedActivation, sums: UnsafeMutablePointer<Double>,
        products: UnsafeMutablePointer<Double>
    ) {
        let pair = RowPair(top: top, bottom: bottom, rows: rows)
        let windows = WindowGradients(dy: dy, winners: winners)
        switch activation {
        case .identity:
            addSums(IdentityActivation.self, pair, windows, affine, mean, sums, products)
        case .relu: addSums(ReLUActivation.self, pair, windows, affine, mean, sums, products)
        case .gelu: addSums(GELUActivation.self, pair, windows, affine, mean, sums, products)
        }
    }

    @inline(__always)
    private static func addSums<Activation: VectorActivation>(
        _: Activation.Type, _ pair: RowPair, _ windows: WindowGradients, _ affine: ChannelAffine,
        _ mean: UnsafePointer<Float>, _ sums: UnsafeMutablePointer<Double>,
        _ products: UnsafeMutablePointer<Double>
    ) {
        let map = Affine(scale: affine.scale, shift: affine.shift)
        var first = 0
        while first < pair.rows.channels {
            let count = min(Self.channelsPerGroup, pair.rows.channels &- first)
            addSums(
                Activation.self, pair, windows, map, mean, channels: first..<first &+ count, sums,
                products)
            first &+= count
        }
    }

    /// So few that their sums, two vectors for each 16 channels, have room on the stack.
    private static var channelsPerGroup: Int { 128 }

    /// Window after window, in the order of memory, with the sums in the first cache.
    @inline(__always)
    private static func addSums<Activation: VectorActivation>(
        _: Activation.Type, _ pair: RowPair, _ windows: WindowGradients, _ map: Affine,
        _ mean: UnsafePointer<Float>, channels: Range<Int>, _ sums: UnsafeMutablePointer<Double>,
        _ products: UnsafeMutablePointer<Double>
    ) {
        let vectorCount = (channels.count &+ 15) / 16
        withUnsafeTemporaryAllocation(of: Vector.self, capacity: 16) { totals in
            for index in 0..<2 &* vectorCount { totals[index] = Vector() }
            for window in 0..<pair.rows.windowCount {
                forEachVector(of: channels.count) { offset, lanes in
                    let start = channels.lowerBound &+ offset
                    let place = window &* pair.rows.channels &+ start
                    let x = pair.largest(
                        loadBytes(windows.winners + place, lanes), window, start, lanes)
                    let dz = Activation.gradient(
                        load(windows.dy + place, lanes), at: map(x, start, lanes))
                    let index = offset / 16 &* 2
                    totals[index] += dz
                    totals[index &+ 1] = multiplyAdd(
                        dz, x - load(mean + start, lanes), totals[index &+ 1])
                }
            }
            forEachVector(of: channels.count) { offset, lanes in
                let start = channels.lowerBound &+ offset
                addDouble(totals[offset / 16 &* 2], to: sums + start, lanes)
                addDouble(totals[offset / 16 &* 2 &+ 1], to: products + start, lanes)
            }
        }
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static func pooledGradient(
        _ top: UnsafePointer<Float>, _ bottom: UnsafePointer<Float>,
        outputGradient dy: UnsafePointer<Float>, winners: UnsafePointer<UInt8>,
        _ rows: PooledRows, _ slopes: NormalizationSlopes, _ activation: FusedActivation,
        into dxTop: UnsafeMutablePointer<Float>, _ dxBottom: UnsafeMutablePointer<Float>
    ) {
        let pair = RowPair(top: top, bottom: bottom, rows: rows)
        let windows = WindowGradients(dy: dy, winners: winners)
        switch activation {
        case .identity:
            gradient(IdentityActivation.self, pair, windows, slopes, dxTop, dxBottom)
        case .relu: gradient(ReLUActivation.self, pair, windows, slopes, dxTop, dxBottom)
        case .gelu: gradient(GELUActivation.self, pair, windows, slopes, dxTop, dxBottom)
        }
    }

    @inline(__always)
    private static func gradient<Activation: VectorActivation>(
        _: Activation.Type, _ pair: RowPair, _ windows: WindowGradients,
        _ slopes: NormalizationSlopes, _ top: UnsafeMutablePointer<Float>,
        _ bottom: UnsafeMutablePointer<Float>
    ) {
        let (channels, width) = (pair.rows.channels, pair.rows.width)
        let map = Affine(scale: slopes.affine.scale, shift: slopes.affine.shift)
        /// slope · (x − mean) + offset.
        @inline(__always)
        func linear(_ x: Vector, _ start: Int, _ lanes: Int) -> Vector {
            multiplyAdd(
                x - load(slopes.mean + start, lanes), load(slopes.slope + start, lanes),
                load(slopes.offset + start, lanes))
        }
        for window in 0..<pair.rows.windowCount {
            forEachVector(of: channels) { start, lanes in
                let place = window &* channels &+ start
                let x = pair.window(window, start, lanes)
                let winner = loadBytes(windows.winners + place, lanes)
                let largest = pair.largest(winner, window, start, lanes)
                let dz =
                    load(map.scale + start, lanes)
                    * Activation.gradient(
                        load(windows.dy + place, lanes), at: map(largest, start, lanes))
                let left = 2 &* window &* channels &+ start
                @inline(__always)
                func gradient(_ x: Vector, _ number: Float) -> Vector {
                    linear(x, start, lanes) + part(dz, winner, number)
                }
                store(gradient(x.0, 0), top + left, lanes)
                store(gradient(x.1, 1), top + left + channels, lanes)
                store(gradient(x.2, 2), bottom + left, lanes)
                store(gradient(x.3, 3), bottom + left + channels, lanes)
            }
        }
        for column in 2 &* pair.rows.windowCount..<width {
            forEachVector(of: channels) { start, lanes in
                let place = column &* channels &+ start
                store(linear(load(pair.top + place, lanes), start, lanes), top + place, lanes)
                store(
                    linear(load(pair.bottom + place, lanes), start, lanes), bottom + place, lanes)
            }
        }
    }
}

/// Two rows that windows of 2×2 pixels lie in.
private struct RowPair {
    let top: UnsafePointer<Float>
    let bottom: UnsafePointer<Float>
    let rows: PooledRows

    @inline(__always)
    func window(_ number: Int, _ start: Int, _ lanes: Int) -> (Vector, Vector, Vector, Vector) {
        let left = 2 &* number &* rows.channels &+ start
        return (
            load(top + left, lanes), load(top + left + rows.channels, lanes),
            load(bottom + left, lanes), load(bottom + left + rows.channels, lanes)
        )
    }

    /// The value of the pixel that won each channel of a window.
    @inline(__always)
    func largest(_ winner: Vector, _ number: Int, _ start: Int, _ lanes: Int) -> Vector {
        let x = window(number, start, lanes)
        var result = cvector_select_equal(x.1, winner, Vector(repeating: 1), x.0)
        result = cvector_select_equal(x.2, winner, Vector(repeating: 2), result)
        return cvector_select_equal(x.3, winner, Vector(repeating: 3), result)
    }
}

private struct WindowGradients {
    let dy: UnsafePointer<Float>
    let winners: UnsafePointer<UInt8>
}

/// What is applied to each value of a channel.
private protocol ChannelMap {
    associatedtype VectorMap: ValueMap
    /// The map for a vector of channels.
    func channels(_ start: Int, _ lanes: Int) -> VectorMap
}

private protocol ValueMap {
    func callAsFunction(_ x: Vector) -> Vector
}

private struct IdentityMap: ChannelMap, ValueMap {
    @inline(__always)
    func channels(_ start: Int, _ lanes: Int) -> IdentityMap { self }
    @inline(__always)
    func callAsFunction(_ x: Vector) -> Vector { x }
}

extension AffineVector: ValueMap {}
extension Affine: ChannelMap {}
