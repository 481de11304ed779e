import CVector
import VectorInterface

extension Implementation {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static func transformFilters(
        _ filters: UnsafePointer<Float>, filterStride: Int, channels: Int,
        into planes: UnsafeMutablePointer<Float>, planeStride: Int
    ) {
        forEachTileVector(of: channels, panelStride: 0) { access, channel, offset in
            transformFilters(
                access, filters + channel, filterStride,
                Planes(base: planes + offset, stride: planeStride))
        } part: { access, channel, offset in
            transformFilters(
                access, filters + channel, filterStride,
                Planes(base: planes + offset, stride: planeStride))
        }
    }

    @inline(__always)
    private static func transformFilters<Access: LaneAccess>(
        _ access: Access, _ filters: UnsafePointer<Float>, _ stride: Int, _ planes: Planes
    ) {
        @inline(__always)
        func column(_ number: Int) -> Six {
            filterTransform(
                (
                    access.load(filters + number &* stride),
                    access.load(filters + (3 &+ number) &* stride),
                    access.load(filters + (6 &+ number) &* stride)
                ))
        }
        let c = (column(0), column(1), column(2))
        @inline(__always)
        func put(_ row: Int, _ values: Three) {
            planes.store(access, filterTransform(values), row: row)
        }
        put(0, (c.0.0, c.1.0, c.2.0))
        put(1, (c.0.1, c.1.1, c.2.1))
        put(2, (c.0.2, c.1.2, c.2.2))
        put(3, (c.0.3, c.1.3, c.2.3))
        put(4, (c.0.4, c.1.4, c.2.4))
        put(5, (c.0.5, c.1.5, c.2.5))
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static func transformFilterGradient(
        _ planes: UnsafePointer<Float>, planeStride: Int, channels: Int,
        into filters: UnsafeMutablePointer<Float>, filterStride: Int
    ) {
        let source = UnsafeMutablePointer(mutating: planes)
        forEachTileVector(of: channels, panelStride: 0) { access, channel, offset in
            transformFilterGradient(
                access, Planes(base: source + offset, stride: planeStride), filters + channel,
                filterStride)
        } part: { access, channel, offset in
            transformFilterGradient(
                access, Planes(base: source + offset, stride: planeStride), filters + channel,
                filterStride)
        }
    }

    @inline(__always)
    private static func transformFilterGradient<Access: LaneAccess>(
        _ access: Access, _ planes: Planes, _ filters: UnsafeMutablePointer<Float>, _ stride: Int
    ) {
        @inline(__always)
        func column(_ number: Int) -> Three {
            filterGradientTransform(planes.column(access, number))
        }
        let c = (column(0), column(1), column(2), column(3), column(4), column(5))
        @inline(__always)
        func put(_ row: Int, _ values: Six) {
            let g = filterGradientTransform(values)
            let target = filters + 3 &* row &* stride
            access.store(g.0, target)
            access.store(g.1, target + stride)
            access.store(g.2, target + 2 &* stride)
        }
        put(0, (c.0.0, c.1.0, c.2.0, c.3.0, c.4.0, c.5.0))
        put(1, (c.0.1, c.1.1, c.2.1, c.3.1, c.4.1, c.5.1))
        put(2, (c.0.2, c.1.2, c.2.2, c.3.2, c.4.2, c.5.2))
    }
}
